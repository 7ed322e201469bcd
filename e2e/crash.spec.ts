import { expect, test } from '@playwright/test';
import { answerFrom, newNonce, nonceCommand } from './stand/nonce.ts';
import { makeStand, type Stand } from './stand/stand.ts';

test.describe.configure({ mode: 'serial' });

/** requirement: whatever was killed, the state converges this soon after it is back */
const CONVERGES_MS = 10_000;

let stand: Stand;
let nonce: string;
let address: string;
test.beforeAll(async () => {
  test.setTimeout(900_000);
  stand = await makeStand();
  await stand.up();
  nonce = newNonce();
  await stand.makeSegmentNetwork();
  await stand.must(['create', 'web', '--', ...nonceCommand(nonce)]);
  address = (await seen()).addresses.find((each) => each.includes('.')) ?? '';
});
test.afterAll(async () => {
  test.setTimeout(120_000);
  await stand?.close();
});

const seen = async () =>
  (
    await stand.json<{ seen: { pid: number; state: string; addresses: string[]; restarts: number } }>(
      'show',
      'web',
    )
  ).seen;

/** Acknowledged means: the command line said its task. What happens to it is the dashboard's and the agent's to keep. */
async function acknowledged(...line: string[]): Promise<string> {
  const ended = await stand.cellblock([...line, '--no-wait', '-o', 'name']);
  expect(ended, ended.stderr).toMatchObject({ exitCode: 0 });
  return ended.stdout.trim();
}

let next = 100;
for (const part of ['warden', 'dialer', 'dashboard', 'database'] as const) {
  test(`kill -9 of the ${part}: the jail goes on, and nothing acknowledged is lost`, async () => {
    const before = await seen();
    const victim = await stand.pidOf(part);
    const given = `10.99.0.${next++}`;
    const task = await acknowledged('ip', 'assign', 'web', given);
    process.kill(victim, 'SIGKILL');

    expect(await answerFrom(stand.segment.outside, address)).toBe(nonce);
    await expect.poll(() => stand.pidOf(part).catch(() => victim), { timeout: 30_000 }).not.toBe(victim);
    const back = Date.now();
    await expect
      .poll(() => answerFrom(stand.segment.outside, given, 1), { timeout: CONVERGES_MS })
      .toBe(nonce);
    await expect
      .poll(
        async () => {
          const shown = await stand.cellblock(['task', 'show', task, '-o', 'json']);
          return shown.exitCode === 0 ? JSON.parse(shown.stdout).state : shown.stderr;
        },
        { timeout: CONVERGES_MS },
      )
      .toBe('applied');
    expect(Date.now() - back).toBeLessThan(CONVERGES_MS + 5_000);
    const after = await seen();
    expect(after).toMatchObject({ pid: before.pid, restarts: before.restarts, state: 'running' });
    expect([...after.addresses].sort()).toEqual([...before.addresses, given].sort());
    expect(await answerFrom(stand.segment.outside, address)).toBe(nonce);
  });
}

test('kill -9 of the supervisor: the others finish what was acknowledged, and up takes their place', async () => {
  test.setTimeout(300_000);
  const before = await seen();
  const victim = await stand.pidOf('supervisor');
  const given = `10.99.0.${next++}`;
  const task = await acknowledged('ip', 'assign', 'web', given);
  process.kill(victim, 'SIGKILL');

  const holds = async () => {
    expect(await answerFrom(stand.segment.outside, address)).toBe(nonce);
    await expect
      .poll(() => answerFrom(stand.segment.outside, given, 1), { timeout: CONVERGES_MS })
      .toBe(nonce);
    await expect
      .poll(async () => (await stand.json<{ state: string }>('task', 'show', task)).state, {
        timeout: CONVERGES_MS,
      })
      .toBe('applied');
    const after = await seen();
    expect(after).toMatchObject({ pid: before.pid, restarts: before.restarts, state: 'running' });
    expect([...after.addresses].sort()).toEqual([...before.addresses, given].sort());
  };
  await holds();
  await stand.up();
  expect(await stand.pidOf('supervisor')).not.toBe(victim);
  await holds();
});

test('kill -9 of everything at once: up adopts the jail that went on', async () => {
  const before = await seen();
  const supervisor = await stand.pidOf('supervisor');
  const rest = await Promise.all(
    (['dashboard', 'warden', 'dialer', 'database'] as const).map((part) => stand.pidOf(part)),
  );
  // The supervisor first: it would start the others again.
  for (const pid of [supervisor, ...rest]) process.kill(pid, 'SIGKILL');
  expect(await answerFrom(stand.segment.outside, address)).toBe(nonce);
  await stand.up();
  await expect.poll(async () => (await seen()).state, { timeout: CONVERGES_MS }).toBe('running');
  expect(await seen()).toMatchObject({
    pid: before.pid,
    addresses: before.addresses,
    restarts: before.restarts,
  });
  expect(await answerFrom(stand.segment.outside, address)).toBe(nonce);
});

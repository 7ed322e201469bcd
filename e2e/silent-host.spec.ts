import type { AddressView } from '@cellblock/shared/views/address-view';
import { expect, test } from '@playwright/test';
import { answerFrom, newNonce, nonceCommand } from './stand/nonce.ts';
import { makeStand, type Stand } from './stand/stand.ts';

test.describe.configure({ mode: 'serial' });

let stand: Stand;
let stopped: number[] = [];
test.beforeAll(async () => {
  test.setTimeout(900_000);
  stand = await makeStand();
  await stand.up();
});
test.afterAll(async () => {
  test.setTimeout(120_000);
  for (const pid of stopped) process.kill(pid, 'SIGCONT');
  await stand?.close();
});

test('what a silent host holds stays releasing, and nobody else can have it', async () => {
  test.setTimeout(180_000);
  const nonce = newNonce();
  for (const line of [
    [
      'network',
      'create',
      'segment',
      '--kind',
      'bridge',
      '--parent',
      stand.segment.bridge,
      '--subnet',
      stand.segment.subnet,
    ],
    ['create', 'web', '--', ...nonceCommand(nonce)],
    ['create', 'other'],
    ['ip', 'assign', 'web', '10.99.0.50'],
  ]) {
    const ended = await stand.cellblock(line);
    expect(ended, `${line.slice(0, 3).join(' ')}: ${ended.stderr}`).toMatchObject({ exitCode: 0 });
  }
  const pid = await stand.pidOf('dialer');
  stopped = [pid];
  process.kill(pid, 'SIGSTOP');

  const released = await stand.cellblock(['ip', 'release', 'web', '10.99.0.50', '--no-wait']);
  expect(released, released.stderr).toMatchObject({ exitCode: 0 });
  // The host has not been told: the jail has it still, whatever is wanted.
  expect(await answerFrom(stand.segment.outside, '10.99.0.50')).toBe(nonce);
  expect((await stand.json<AddressView>('ip', 'show', '10.99.0.50')).state).toBe('releasing');
  expect(await stand.cellblock(['ip', 'assign', 'other', '10.99.0.50'])).toMatchObject({ exitCode: 4 });

  await expect
    .poll(async () => (await stand.json<{ state: string }[]>('host', 'ls'))[0]?.state, { timeout: 20_000 })
    .toBe('unknown');
  // No screen, no line says running while nobody knows.
  const [web] = await stand.json<{ seen: { state: string } }[]>('ls');
  expect(web?.seen.state).toBe('unknown');
  expect((await stand.json<AddressView>('ip', 'show', '10.99.0.50')).state).toBe('releasing');

  process.kill(pid, 'SIGCONT');
  stopped = [];
  await expect
    .poll(async () => (await stand.json<AddressView>('ip', 'show', '10.99.0.50')).state, { timeout: 20_000 })
    .toBe('cooling');
  expect(await answerFrom(stand.segment.outside, '10.99.0.50', 1)).toBeNull();
});

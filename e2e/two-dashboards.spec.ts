import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { DashboardSummary } from '@cellblock/shared/views/dashboard-view';
import { expect, test } from '@playwright/test';
import { callAsRoot } from './stand/call-as-root.ts';
import { claim } from './stand/claim.ts';
import { endProcess } from './stand/end-instance.ts';
import { enrol } from './stand/fleet.ts';
import { type FurtherDashboard, joinDashboard } from './stand/further-dashboard.ts';
import { type Host, joinHost } from './stand/host.ts';
import { answerFrom, newNonce, nonceCommand } from './stand/nonce.ts';
import { openConsole } from './stand/open-console.ts';
import { DATABASE_URL, joinPostgres } from './stand/postgres.ts';
import { makeStand, type Stand } from './stand/stand.ts';

test.describe.configure({ mode: 'serial' });

/** The first dashboard, in site; the second; and one PostgreSQL 15 for both, each on a machine of its own. */
let a: Stand;
let b: FurtherDashboard;
let h1: Host;
let h2: Host;
const closing: (() => Promise<void>)[] = [];
const nonces = { one: newNonce(), two: newNonce() };

test.beforeAll(async () => {
  test.setTimeout(900_000);
  a = await makeStand({ listen: '0.0.0.0', env: { DATABASE_URL } });
  closing.unshift(a.close);
  const database = await joinPostgres(a.segment);
  // Dashboards first, then what they work on; the machines go last.
  closing.splice(closing.indexOf(a.close), 1, database.close, a.close);
  await a.up();
  b = await joinDashboard(a, 2, DATABASE_URL);
  closing.unshift(b.close);
});
test.afterAll(async () => {
  test.setTimeout(240_000);
  for (const close of closing) await close();
});

test('a second dashboard is refused until it has the secrets of the first', async () => {
  test.setTimeout(900_000);
  const alone = await b.cellblock(
    ['up', '--detach', '--no-agent', '--listen', '0.0.0.0', '--url', b.dashboardUrl],
    { timeoutMs: 900_000 },
  );
  expect(alone.exitCode).not.toBe(0);
  expect(alone.stderr).toContain('belongs to an installation whose key is not here');
  expect(alone.stderr).toContain('cellblock dashboard export | cellblock dashboard import');

  const secrets = await a.must(['dashboard', 'export']);
  await b.must(['dashboard', 'import'], { stdin: secrets });
  await b.up();
  const states = async (dashboard: Pick<Stand, 'json'>) =>
    (await dashboard.json<DashboardSummary[]>('dashboard', 'ls'))
      .map(({ url, state }) => [url, state])
      .sort();
  const both = [
    [a.dashboardUrl, 'here'],
    [b.dashboardUrl, 'here'],
  ];
  expect(await states(a)).toEqual(both);
  expect(await states(b)).toEqual(both);
});

test('an agent on each: jails are made, read and entered at either', async () => {
  test.setTimeout(400_000);
  h1 = await joinHost(a, 'h1', 11);
  closing.unshift(() => h1.close());
  h2 = await joinHost(a, 'h2', 12);
  closing.unshift(() => h2.close());
  await enrol(a, h1);
  await enrol(b, h2);
  const connected = await a.json<DashboardSummary[]>('dashboard', 'ls');
  expect(connected.map(({ url, hosts }) => [url, hosts]).sort()).toEqual([
    [a.dashboardUrl, 1],
    [b.dashboardUrl, 1],
  ]);
  await a.makeSegmentNetwork();
  // Each jail is made at the dashboard that its host is not connected to.
  await b.must(['create', 'one', '--host', 'h1', '--ip', '10.99.0.51', '--', ...nonceCommand(nonces.one)]);
  await a.must(['create', 'two', '--host', 'h2', '--ip', '10.99.0.52', '--', ...nonceCommand(nonces.two)]);
  expect(await answerFrom(a.segment.outside, '10.99.0.51')).toBe(nonces.one);
  expect(await answerFrom(a.segment.outside, '10.99.0.52')).toBe(nonces.two);
  for (const [dashboard, jail] of [
    [a, 'one'],
    [b, 'one'],
    [a, 'two'],
    [b, 'two'],
  ] as const) {
    const ended = await dashboard.cellblock(
      ['exec', jail, '--', 'sh', '-c', 'cat; echo said >/proc/1/fd/1; exit 7'],
      {
        stdin: `to ${jail}`,
      },
    );
    expect(ended, ended.stderr).toMatchObject({ exitCode: 7, stdout: `to ${jail}` });
    expect(await dashboard.must(['logs', jail])).toContain('said');
  }
  expect((await b.json<{ verdict: string }[]>('host', 'check', 'h1')).length).toBeGreaterThan(5);
});

test('a page open at the second shows at once what the first does', async () => {
  test.setTimeout(180_000);
  const printed = await b.up();
  const link = /https?:\/\/\S+(\/setup\/claim\?token=\S+)/.exec(printed)?.[1] ?? '';
  const view = await openConsole(b);
  try {
    await claim(view.page, link);
    await view.page.goto('/jails');
    await expect(view.page.getByText('one', { exact: true }).first()).toBeVisible();
    await a.must(['create', 'later', '--host', 'h2', '--network', 'none']);
    await expect(view.page.getByText('later', { exact: true }).first()).toBeVisible({ timeout: 5_000 });
  } finally {
    await view.close();
  }
});

test('64 callers through both on one /26: none twice, exactly full', async () => {
  test.setTimeout(180_000);
  await a.must(['network', 'create', 'race', '--kind', 'bridge', '--subnet', '10.26.0.0/26', '--host', 'h1']);
  await b.must(['create', 'racer', '--host', 'h1', '--network', 'none']);
  const answers = await Promise.all(
    Array.from({ length: 64 }, (_, n) =>
      callAsRoot((n % 2 ? a : b).data, 'ips.assign', { jail: 'racer', network: 'race' }),
    ),
  );
  const given = answers.filter(({ status }) => status === 200).map(addressIn);
  // 64 addresses without network, broadcast and gateway.
  expect([given.length, new Set(given).size]).toEqual([61, 61]);
  expect(answers.filter(({ status }) => status === 409)).toHaveLength(3);
});

const addressIn = ({ text }: { text: string }): string =>
  (JSON.parse(text) as { result: { data: { json: { object: { address: string } } } } }).result.data.json
    .object.address;

/** When the host's dialer had a connection to a dashboard, by its own log. */
function dialledAt(host: Host, url: string, since: number): number {
  for (const line of readFileSync(path.join(host.data, 'log/dialer.log'), 'utf8').split('\n')) {
    const at = Date.parse(line.slice(0, 24));
    if (at >= since && line.includes(`connected to ws`) && line.includes(new URL(url).host)) return at;
  }
  return Number.NaN;
}

test('the first is killed in the middle: its agent is at the second in seconds, nothing acknowledged is lost', async () => {
  test.setTimeout(240_000);
  await a.must(['network', 'create', 'wide', '--kind', 'bridge', '--subnet', '10.27.0.0/24', '--host', 'h1']);
  const pids = [await a.pidOf('supervisor'), await a.pidOf('dashboard')];
  const asked = Array.from({ length: 60 }, async (_, n) => {
    await new Promise((resolve) => setTimeout(resolve, n * 25));
    return await callAsRoot((n % 2 ? a : b).data, 'ips.assign', { jail: 'racer', network: 'wide' });
  });
  await new Promise((resolve) => setTimeout(resolve, 700));
  // The supervisor first: it would start the dashboard again.
  for (const pid of pids) endProcess(pid);
  const killed = Date.now();
  const dashboardOf = async () =>
    (await b.json<DashboardSummary[]>('dashboard', 'ls')).find(({ url }) => url === b.dashboardUrl)?.hosts;
  // While the others still ask: they are no reason to come late.
  const [answers, seconds] = await Promise.all([
    Promise.all(asked),
    expect
      // It is listed when the second has let it in, which takes its turn behind the changes of that host.
      .poll(dashboardOf, { timeout: 15_000, intervals: [200] })
      .toBe(2)
      .then(() => (Date.now() - killed) / 1000),
  ]);
  const dialled = (dialledAt(h1, b.dashboardUrl, killed) - killed) / 1000;
  const words = `dialled the other after ${dialled.toFixed(1)} s, listed there after ${seconds.toFixed(1)} s`;
  test.info().annotations.push({ type: 'agent', description: words });
  console.log(`agent ${words}`);
  expect(dialled).toBeLessThan(5);
  const acknowledged = answers.filter(({ status }) => status === 200).map(addressIn);
  expect(
    answers.some(({ status }) => status === null),
    'the kill came too late to hit anybody',
  ).toBe(true);
  expect(answers.filter((_, n) => n % 2 === 0).map(({ status }) => status)).toEqual(Array(30).fill(200));
  expect(new Set(acknowledged).size).toBe(acknowledged.length);

  // Every acknowledged address is held, and its host has made it true.
  await expect
    .poll(
      async () => {
        const jail = await b.json<{ seen: { addresses: string[] } }>('show', 'racer');
        return acknowledged.filter((address) => !jail.seen.addresses.includes(address));
      },
      { timeout: 60_000 },
    )
    .toEqual([]);
  // The jails did not notice, and the second serves the host that was the first's.
  expect(await answerFrom(a.segment.outside, '10.99.0.51')).toBe(nonces.one);
  const ended = await b.cellblock(['exec', 'one', '--', 'sh', '-c', 'exit 5']);
  expect(ended, ended.stderr).toMatchObject({ exitCode: 5 });
  await b.must(['ip', 'assign', 'one', '10.99.0.61']);
  expect(await answerFrom(a.segment.outside, '10.99.0.61')).toBe(nonces.one);
});

test('the dead one is noticed, and comes back', async () => {
  test.setTimeout(240_000);
  const stateOfFirst = async () =>
    (await b.json<DashboardSummary[]>('dashboard', 'ls')).find(({ url }) => url === a.dashboardUrl)?.state;
  await expect.poll(stateOfFirst, { timeout: 30_000 }).toBe('away');
  await a.up();
  await expect.poll(stateOfFirst, { timeout: 15_000 }).toBe('here');
  // Both hosts are connected to the second: the first asks through it.
  for (const jail of ['one', 'two']) {
    const ended = await a.cellblock(['exec', jail, '--', 'sh', '-c', 'exit 6']);
    expect(ended, ended.stderr).toMatchObject({ exitCode: 6 });
  }
});

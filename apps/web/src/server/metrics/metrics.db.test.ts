import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newEventId } from '../audit/event-id.ts';
import { recordEvent } from '../audit/record-event.ts';
import { recordStatus } from '../host-sync/record-status.ts';
import { createJail } from '../jails/create-jail.ts';
import { createNetwork } from '../networks/create-network.ts';
import { as, made, TestHost, testDb } from '../test-fleet.ts';
import { metricsText } from './metrics-text.ts';
import { recordSamples } from './record-samples.ts';
import { sampleRange } from './sample-range.ts';
import { thinSamples } from './thin-samples.ts';

const db = testDb();
const mira = as(db);
const HOUR_MS = 3_600_000;
let h1: TestHost;
let h2: TestHost;
let jail = '';

beforeAll(async () => {
  h1 = await TestHost.enroll(db, 'h1');
  h2 = await TestHost.enroll(db, 'h2');
  for (const host of [h1, h2]) await host.report();
  await createNetwork(mira, { name: 'lan', kind: 'bridge', subnets: ['10.20.0.0/24'], host: 'h1' });
  await h1.report();
  jail = made(await createJail(mira, { name: 'web1', network: 'lan' })).object.id;
  h1.usage = { memoryBytes: 2 ** 20, cpuSeconds: 3, pids: 4, oomKills: 0 };
  await h1.report();
});
afterAll(() => db.$disconnect());

const rows = () => db.$queryRaw<{ at: Date; keep: boolean }[]>`SELECT at, keep FROM jail_sample ORDER BY at`;

describe('samples', () => {
  test('a report is one row for each running jail in a quarter of a minute, and twice is once', async () => {
    const status = await h1.obedient();
    await recordSamples(db, h1.id, status);
    await recordSamples(db, h1.id, status);
    expect((await rows()).length).toBeGreaterThanOrEqual(1);
    expect((await rows()).length).toBeLessThanOrEqual(2);
    const { samples } = await sampleRange(db, { jail: 'web1', lastMs: HOUR_MS });
    expect(samples[0]).toMatchObject({ memoryBytes: 2 ** 20, cpuSeconds: 3, pids: 4, ioReadBytes: null });
  });

  test('no host speaks for a jail of another', async () => {
    const before = (await rows()).length;
    await recordSamples(db, h2.id, await h1.obedient());
    expect(await rows()).toHaveLength(before);
  });

  test('a look that is older than its report is of its own time', async () => {
    // A host of which this process has stored nothing in this quarter of a minute
    const h3 = await TestHost.enroll(db, 'h3');
    const status = await h1.obedient();
    const minute = new Date(Date.parse(status.at) - 60_000).toISOString();
    const [one] = status.jails;
    if (!one?.usage) throw new Error('web1 uses nothing');
    await db.$executeRaw`DELETE FROM jail_sample`;
    await db.$executeRaw`UPDATE jail SET host_id = ${h3.id}::uuid WHERE id = ${jail}::uuid`;
    await recordSamples(db, h3.id, { ...status, jails: [{ ...one, usage: { ...one.usage, at: minute } }] });
    await db.$executeRaw`UPDATE jail SET host_id = ${h1.id}::uuid WHERE id = ${jail}::uuid`;
    const [row] = await rows();
    expect(Date.now() - (row?.at.getTime() ?? 0)).toBeGreaterThan(59_000);
  });

  test('an hour stays as it is, a day by the minute, and nothing longer', async () => {
    await db.$executeRaw`DELETE FROM jail_sample`;
    const now = new Date();
    await db.$executeRaw`
      INSERT INTO jail_sample (jail_id, at, keep, pids)
      SELECT ${jail}::uuid, at, extract(second FROM at) = 0, 1
      FROM generate_series(date_trunc('minute', ${now}::timestamptz) - interval '26 hours', ${now}, '15 seconds') AS at`;
    await thinSamples(db, now);
    const left = await rows();
    const age = ({ at }: { at: Date }) => now.getTime() - at.getTime();
    const [fine, coarse] = [
      left.filter((row) => age(row) < HOUR_MS),
      left.filter((row) => age(row) > HOUR_MS),
    ];
    expect(Math.max(...left.map(age))).toBeLessThanOrEqual(24 * HOUR_MS);
    expect(fine.length).toBeGreaterThan(230);
    expect(coarse.length).toBeGreaterThan(1_370);
    expect(coarse.length).toBeLessThan(1_390);
    const shown = async (lastMs: number) => (await sampleRange(db, { jail: 'web1', lastMs })).samples.length;
    expect(await shown(HOUR_MS)).toBeGreaterThan(230);
    expect(await shown(24 * HOUR_MS)).toBeLessThan(1_450);
  });
});

describe('OOM kills', () => {
  const events = () =>
    db.auditEvent.findMany({
      where: { kind: 'jail.oom', objectId: jail, phase: 'intent' },
      include: { details: true },
    });
  const report = async (oomKills: number | null) =>
    recordStatus(db, h1.id, {
      ...(await h1.obedient()),
      jails: (await h1.obedient()).jails.map((one) => ({ ...one, oomKills })),
    });

  test('each is in the history of its jail once, by its host', async () => {
    await report(0);
    expect(await events()).toEqual([]);
    await report(2);
    await report(2);
    const [event, ...others] = await events();
    expect(others).toEqual([]);
    expect(event).toMatchObject({ actorType: 'host', actorId: h1.id });
    expect(event?.details.find(({ field }) => field === 'summary')?.value).toBe(
      'OOM kill in jail web1, 2 times',
    );
    await report(3);
    expect(await events()).toHaveLength(2);
  });

  test('a count that began anew counts from there', async () => {
    await report(1);
    expect(await events()).toHaveLength(3);
    await report(null);
    await report(0);
    expect(await events()).toHaveLength(3);
  });

  test('a count that could not be read once begins nothing anew', async () => {
    await report(2);
    const before = (await events()).length;
    for (const kills of [null, null, 2]) await report(kills);
    expect(await events()).toHaveLength(before);
    await report(3);
    expect(await events()).toHaveLength(before + 1);
  });
});

test('tasks fall into the buckets that they are within, and are counted once a minute', async () => {
  const at = new Date('2026-11-01T00:00:00.000Z');
  const after = (seconds: number) => new Date(at.getTime() + seconds * 1000);
  const object = { type: 'task' as const, id: 'test', name: 'test' };
  const add = async (...seconds: number[]) => {
    for (const each of seconds) {
      const event = newEventId();
      const intent = { id: event, kind: 'jail.start' as const, phase: 'intent' as const };
      await recordEvent(db, mira, { ...intent, object, host: null, summary: 'a test' });
      const of = { event, kind: 'test.durations', objectType: 'task', objectId: 'test', objectName: 'test' };
      const ended = { state: 'applied' as const, createdAt: at, endedAt: after(each) };
      await db.task.create({ data: { ...of, ...ended, by: 'mira', hosts: [], wants: [] } });
    }
  };
  await add(0.1, 0.2, 30, 5000);
  const lines = async (now: Date) =>
    (await metricsText(db, now))
      .split('\n')
      .filter((line) => line.includes('test.durations'))
      .map((line) =>
        line.replace('cellblock_task_duration_seconds', '').replace('kind="test.durations"', ''),
      );
  const counted = [
    ...['{,le="0.1"} 1', '{,le="0.3"} 2', '{,le="1"} 2', '{,le="3"} 2', '{,le="10"} 2', '{,le="30"} 3'],
    ...['{,le="100"} 3', '{,le="+Inf"} 4'],
  ].map((line) => `_bucket${line}`);
  const first = new Date(Date.now() - 600_000);
  expect(await lines(first)).toEqual([...counted, '_sum{} 5030.3', '_count{} 4']);
  await add(1);
  expect((await lines(new Date(first.getTime() + 59_000))).at(-1)).toBe('_count{} 4');
  expect((await lines(new Date(first.getTime() + 61_000))).at(-1)).toBe('_count{} 5');
});

test('what Prometheus reads names jails, pools, hosts and tasks', async () => {
  const text = await metricsText(db, new Date());
  expect(text).toContain('cellblock_jail_state{jail="web1",host="h1",state="running"} 1');
  expect(text).toContain('cellblock_jail_memory_bytes{jail="web1",host="h1"} 1048576');
  expect(text).toMatch(/cellblock_ip_pool_addresses\{pool="lan",network="lan",state="assigned"\} 1/);
  expect(text).toMatch(/cellblock_agent_report_age_seconds\{host="h2"\} [\d.]+/);
  expect(text).toMatch(/cellblock_task_duration_seconds_bucket\{kind="jail.create",le="100"\} 1\n/);
  expect(text).toMatch(/cellblock_task_duration_seconds_count\{kind="jail.create"\} 1\n/);
  expect(text).not.toContain('10.20.0.');
  // A silent host's last word is not what is
  await db.host.update({ where: { id: h1.id }, data: { lastReportAt: new Date(Date.now() - 60_000) } });
  const silent = await metricsText(db, new Date());
  expect(silent).toContain('state="unknown"');
  expect(silent).not.toContain('cellblock_jail_memory_bytes');
});

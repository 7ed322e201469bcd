import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { AgentUnderTest } from '../testing/agent-under-test.ts';
import { type Caller, DashboardUnderTest } from '../testing/dashboard-under-test.ts';

const dashboard = new DashboardUnderTest();
const agent = new AgentUnderTest();
const root: Caller = { root: true };
beforeAll(async () => {
  await dashboard.start();
  const { data } = await dashboard.mutate<{ token: string }>(
    'hosts.enroll',
    { name: 'h1', local: true },
    root,
  );
  await agent.connect(dashboard.running.port, { token: data.token });
});
afterEach(async () => {
  if (agent.socket?.readyState !== 1) await agent.connect(dashboard.running.port);
});
afterAll(async () => {
  await agent.hangUp();
  await dashboard.remove();
});

const db = () => dashboard.running.services.db;
const host = () => db().host.findUniqueOrThrow({ where: { id: agent.hostId } });

/** A network of the host, wanted in the same transaction as the generation that carries it. */
async function wantNetwork(name: string): Promise<string> {
  const id = randomUUID();
  await db().$transaction(async (tx) => {
    const { generation } = await tx.host.update({
      where: { id: agent.hostId },
      data: { generation: { increment: 1 } },
    });
    const key = `n${String(generation + 20).replace(/[0189]/g, 'a')}zzzz`.slice(0, 6);
    await tx.network.create({
      data: { id, key, name, nat: false, hostId: agent.hostId, cause: randomUUID(), generation },
    });
    await tx.$queryRaw`SELECT pg_notify('cellblock_changes', ${JSON.stringify([`spec/${agent.hostId}`])})::text`;
  });
  return id;
}

it('stores what a host reports as soon as it is there', async () => {
  await expect.poll(async () => (await host()).lastReportAt, { timeout: 10_000 }).not.toBeNull();
  const { data } = await dashboard.query('hosts.get', { host: 'h1' }, root);
  expect(data).toMatchObject({ state: 'ready', kernel: '6.12', checks: { have: 1, total: 1 } });
});

it('tells a host what changed at once, and only that', { retry: 2 }, async () => {
  await wantNetwork(`n${randomUUID()}`);
  await expect.poll(() => agent.generation).toBe((await host()).generation);
  const before = agent.bases.length;
  const began = Date.now();
  const second = await wantNetwork(`n${randomUUID()}`);
  await expect.poll(() => agent.objects.has(`network/${second}`), { interval: 10 }).toBe(true);
  expect(Date.now() - began).toBeLessThan(1000);
  expect(agent.bases.slice(before)).toEqual([(await host()).generation - 1]);
  await expect.poll(async () => (await host()).converged).toBe((await host()).generation);
});

it('sends all of it when the host holds something else', async () => {
  agent.objects.clear();
  agent.generation = 0;
  const id = await wantNetwork('n3');
  await expect.poll(() => agent.objects.has(`network/${id}`)).toBe(true);
  expect(agent.objects.size).toBe(3);
  expect(agent.bases.at(-1)).toBeNull();
});

it('a host that does not take its spec is named in the log, with why, and once', async () => {
  const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  agent.takesNone = 'the digest of the result differs';
  const before = agent.bases.length;
  await wantNetwork('n3b');
  const said = () => logged.mock.calls.map(([text]) => String(text)).filter((text) => text.includes('h1'));
  await expect.poll(said).toHaveLength(1);
  expect(said()[0]).toContain('the digest of the result differs');
  // A difference and all of it, and two seconds later all of it again.
  await expect.poll(() => agent.bases.length, { timeout: 15_000 }).toBeGreaterThan(before + 2);
  expect(said()).toHaveLength(1);
  logged.mockRestore();
  agent.takesNone = null;
  await expect.poll(async () => agent.generation === (await host()).generation).toBe(true);
});

it('stores receipts in order, and lets the host forget them', async () => {
  agent.did(null, 'network/x', 'made a bridge');
  agent.did(null, 'network/x', 'set it up');
  await expect.poll(() => agent.acknowledged).toBe(2);
  const rows = await db().receipt.findMany({ where: { hostId: agent.hostId }, orderBy: { seq: 'asc' } });
  expect(rows.map(({ seq, signature }) => [seq, signature])).toEqual(
    agent.receipts.map(({ body, signature }) => [body.seq, signature]),
  );
});

it('takes no receipt whose text was changed after it was signed', async () => {
  agent.did(null, 'network/x', 'took it down');
  const last = agent.receipts[2];
  if (last === undefined) throw new Error('no receipt');
  const { text } = last.body;
  // Before the dashboard has asked for it.
  last.body.text = 'did nothing';
  agent.report();
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(agent.acknowledged).toBe(2);
  const { lastReportAt } = await host();
  agent.report();
  await new Promise((resolve) => setTimeout(resolve, 500));
  // Nor does it believe the report that rests on it: the host falls silent for it.
  expect((await host()).lastReportAt).toEqual(lastReportAt);
  last.body.text = text;
  agent.report();
  await expect.poll(() => agent.acknowledged).toBe(3);
});

it('stores what it could not store as soon as the database is back, and not when the host speaks next', async () => {
  const owner = new pg.Client({ connectionString: process.env.DATABASE_OWNER_URL });
  await owner.connect();
  await owner.query('ALTER TABLE receipt RENAME TO receipt_away');
  agent.did(null, 'network/x', 'worked without a database');
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(agent.acknowledged).toBe(3);
  await owner.query('ALTER TABLE receipt_away RENAME TO receipt');
  await owner.end();
  // As when it was killed: whoever listens there is hung up on, and comes back.
  await db().$queryRaw`
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN %'`;
  await expect.poll(() => agent.acknowledged).toBe(4);
});

it('delivers what was wanted while the host was away, and what it did meanwhile', async () => {
  await agent.hangUp();
  const id = await wantNetwork('n4');
  agent.did(null, 'network/x', 'worked alone');
  await agent.connect(dashboard.running.port);
  await expect.poll(() => agent.objects.has(`network/${id}`)).toBe(true);
  await expect.poll(() => agent.acknowledged).toBe(5);
});

it('goes on from the database after a restart of the dashboard', async () => {
  await dashboard.stop();
  await expect.poll(() => agent.socket?.readyState).toBe(3);
  await dashboard.start();
  agent.did(null, 'network/x', 'worked without a dashboard');
  await agent.connect(dashboard.running.port);
  const id = await wantNetwork('n5');
  await expect.poll(() => agent.objects.has(`network/${id}`)).toBe(true);
  await expect.poll(() => agent.acknowledged).toBe(6);
});

it('calls a silent host unknown, and says how old its last word is', async () => {
  const told: string[] = [];
  dashboard.running.services.changes.on('changed', ({ topics }) => told.push(...topics));
  await agent.hangUp();
  // The loop has seen it speak; now it has been silent for longer than it may.
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  told.length = 0;
  await db().host.update({
    where: { id: agent.hostId },
    data: { lastReportAt: new Date(Date.now() - 16_000) },
  });
  const { data } = await dashboard.query<{ state: string }>('hosts.get', { host: 'h1' }, root);
  expect(data.state).toBe('unknown');
  await expect.poll(() => told, { timeout: 5_000 }).toContain(`host/${agent.hostId}`);
  const refused = await dashboard.mutate('hosts.check', { host: 'h1' }, root);
  expect(refused.refusal).toMatchObject({ code: 'unreachable', field: 'host' });
  expect(refused.refusal?.message).toMatch(/^Host h1 is not connected; it reported last 1\d s ago\.$/);
});

it('has a host run its checks, and writes down who had it', async () => {
  await expect
    .poll(async () => (await dashboard.mutate('hosts.check', { host: 'h1' }, root)).status)
    .toBe(200);
  const events = await db().auditEvent.findMany({ where: { kind: 'host.check', phase: 'intent' } });
  expect(events).toHaveLength(1);
});

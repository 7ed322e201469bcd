import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AgentUnderTest } from './testing/agent-under-test.ts';
import { type Caller, DashboardUnderTest } from './testing/dashboard-under-test.ts';
import { DatabaseDoor } from './testing/database-door.ts';

const door = new DatabaseDoor(process.env.DATABASE_URL ?? '');
const dashboard = new DashboardUnderTest();
const agent = new AgentUnderTest();
const root: Caller = { root: true };
let admin: Caller;
beforeAll(async () => {
  await door.open();
  await dashboard.start({ DATABASE_URL: door.url });
  admin = await dashboard.claim();
  const { data } = await dashboard.mutate<{ token: string }>(
    'hosts.enroll',
    { name: 'h1', local: true },
    root,
  );
  await agent.connect(dashboard.running.port, { token: data.token });
});
afterAll(async () => {
  await agent.hangUp();
  await dashboard.remove();
  await door.remove();
});

it('control: with the database there, all is well', async () => {
  expect((await dashboard.request('GET', '/healthz')).status).toBe(200);
  await expect
    .poll(async () => (await dashboard.running.services.db.host.findFirst())?.lastReportAt)
    .not.toBeNull();
});

it('says that the database does not answer, that jails go on, and where to look', async () => {
  await door.shut();
  const health = await dashboard.request('GET', '/healthz');
  expect(health.status).toBe(503);
  for (const answer of [
    health,
    await dashboard.query('hosts.list', undefined, root),
    await dashboard.mutate('hosts.enroll', {}, root),
    await dashboard.query('hosts.list', undefined, admin),
    await dashboard.query('hosts.list', undefined, { token: 'cb_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' }),
  ]) {
    expect(answer.refusal, answer.text).toMatchObject({
      code: 'unreachable',
      message: 'The database does not answer. Jails keep running; nothing can be changed meanwhile.',
      fix: expect.stringContaining('postgres.log'),
    });
  }
});

it('goes on by itself when the database is back: the agent is heard, the host is told, changes are seen', async () => {
  agent.did(null, 'network/x', 'worked without the database');
  await new Promise((resolve) => setTimeout(resolve, 300));
  await door.open();
  await expect
    .poll(async () => (await dashboard.request('GET', '/healthz')).status, { timeout: 10_000 })
    .toBe(200);
  agent.report();
  await expect.poll(() => agent.acknowledged, { timeout: 10_000 }).toBe(1);
  const { db } = dashboard.running.services;
  const id = randomUUID();
  await db.$transaction(async (tx) => {
    await tx.host.update({ where: { id: agent.hostId }, data: { generation: { increment: 1 } } });
    await tx.network.create({
      data: { id, key: 'aaaaaa', name: 'n', nat: false, hostId: agent.hostId, cause: randomUUID() },
    });
  });
  await expect.poll(() => agent.objects.has(`network/${id}`), { timeout: 10_000 }).toBe(true);
});

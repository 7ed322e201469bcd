import { randomUUID } from 'node:crypto';
import type { GrantView } from '@cellblock/shared/views/grant-view';
import type { XrayView } from '@cellblock/shared/views/xray-view';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { AgentUnderTest } from '../testing/agent-under-test.ts';
import { type Caller, DashboardUnderTest } from '../testing/dashboard-under-test.ts';
import { recordExpiredGrants } from './record-expired-grants.ts';

const dashboard = new DashboardUnderTest();
const agent = new AgentUnderTest();
const root = { kind: 'host-usr', ephemeral: false };
let mira: Caller;
beforeAll(async () => {
  await dashboard.start();
  mira = await dashboard.claim();
  const { data } = await dashboard.mutate<{ token: string }>('hosts.enroll', { name: 'h1' }, mira);
  const waiting = agent.connect(dashboard.running.port, { token: data.token, waitForApproval: true });
  const hosts = async () => (await dashboard.query<unknown[]>('hosts.list', undefined, mira)).data;
  await vi.waitUntil(async () => (await hosts()).length === 1, { timeout: 30_000 });
  await dashboard.mutate('hosts.approve', { host: 'h1' }, mira);
  await waiting;
  agent.behaviour = 'obeys';
  agent.viewPrefixes = [{ path: '/srv/shown', writable: false, idmapped: false }];
  agent.beat();
  const state = async () =>
    (await dashboard.query<{ state: string }>('hosts.get', { host: 'h1' }, mira)).data.state;
  await vi.waitUntil(async () => (await state()) === 'ready', { timeout: 30_000 });
  await dashboard.mutate('networks.create', { name: 'lan', subnets: ['10.20.0.0/24'] }, mira);
  for (const name of ['jail-a', 'jail-b']) {
    const made = await dashboard.mutate('jails.create', { name, network: 'lan', settings: { root } }, mira);
    expect(made.refusal).toBeNull();
  }
}, 120_000);
afterAll(async () => {
  await agent.hangUp();
  await dashboard.remove();
});

/** On a busy machine. */
const SLOWLY = { timeout: 30_000 };

const grants = async (ended = true) =>
  (await dashboard.query<GrantView[]>('grants.list', { ended }, mira)).data;
const see = (viewer: string, target: string, seconds = 3600) =>
  dashboard.mutate('grants.see', { viewer, target, seconds }, mira);

it('one permission leads from one jail to another, until it is revoked', async () => {
  expect((await see('jail-a', 'jail-b')).refusal).toBeNull();
  expect(await grants(false)).toMatchObject([
    { viewer: 'jail-a', target: 'jail-b', host: 'h1', by: 'mira', ended: null },
  ]);
  // Both by one clock: two that differ would make an hour another time, or refuse a short one.
  const held = await dashboard.running.services.db.sightGrant.findFirstOrThrow();
  expect(held.until.getTime() - held.grantedAt.getTime()).toBe(3_600_000);
  expect((await see('jail-a', 'jail-b')).refusal).toMatchObject({ code: 'conflict', field: 'target' });
  expect((await see('jail-a', 'jail-a')).refusal).toMatchObject({ code: 'invalid', field: 'target' });
  expect((await see('jail-a', 'nobody')).refusal).toMatchObject({ code: 'not-found', field: 'target' });
  await dashboard.mutate('grants.revoke', { viewer: 'jail-a', target: 'jail-b' }, mira);
  expect(await grants()).toMatchObject([{ ended: 'revoked' }]);
  const again = await dashboard.mutate('grants.revoke', { viewer: 'jail-a', target: 'jail-b' }, mira);
  expect(again.refusal).toMatchObject({ code: 'not-found', field: 'target' });
});

it('a jail without a place for the list is not granted a list that it could not read', async () => {
  const tmpfs = (target: string) => ({ kind: 'tmpfs', target, size: 65_536 });
  const settings = {
    covered: { root, view: [tmpfs('/run')] },
    bare: {
      root: { kind: 'view' },
      view: [{ kind: 'bind', source: '/srv/shown', target: '/srv' }],
      command: ['/srv/init'],
    },
    // Control: another mount takes nothing away.
    beside: { root, view: [tmpfs('/run/lock')] },
  };
  for (const [name, its] of Object.entries(settings)) {
    const made = await dashboard.mutate('jails.create', { name, network: 'lan', settings: its }, mira);
    expect(made.refusal).toBeNull();
  }
  for (const [name, cause] of [
    ['covered', /takes the place of the list/],
    ['bare', /of its view alone/],
  ] as const)
    expect((await see(name, 'jail-b')).refusal).toMatchObject({
      ...{ code: 'conflict', field: 'viewer' },
      cause: expect.stringMatching(cause),
    });
  const recorded = (await grants()).filter(({ viewer }) => viewer in settings);
  expect(recorded).toEqual([]);
  expect((await see('beside', 'jail-b')).refusal).toBeNull();
});

it('its end by time is in the history once, whoever records it', async () => {
  expect((await see('jail-b', 'jail-a', 60)).refusal).toBeNull();
  const { db } = dashboard.running.services;
  const later = new Date(Date.now() + 61_000);
  expect(await recordExpiredGrants(db)).toBe(0);
  const recorded = await Promise.all([recordExpiredGrants(db, later), recordExpiredGrants(db, later)]);
  expect(recorded.sort()).toEqual([0, 1]);
  expect((await grants())[0]).toMatchObject({ viewer: 'jail-b', ended: 'expired' });
  const events = await db.auditEvent.findMany({ where: { kind: 'grant.expire' } });
  expect(events).toMatchObject([{ phase: 'outcome', outcome: 'applied', actorType: 'system' }]);
});

it('a permission whose answer is lost is ended on the host, or stays until it can be', async () => {
  const { db } = dashboard.running.services;
  const lastOutcome = async () =>
    (
      await db.auditEvent.findFirst({
        where: { kind: 'grant.see', phase: 'outcome' },
        orderBy: { at: 'desc' },
      })
    )?.outcome;
  // Those of the tests before, which the host was not told to end.
  agent.sights.clear();
  const held = async () => (await grants(false)).filter(({ viewer }) => viewer === 'jail-b');
  agent.losesAnswers.add('grant');
  expect((await see('jail-b', 'jail-a')).refusal).not.toBeNull();
  expect((await grants())[0]).toMatchObject({ viewer: 'jail-b', ended: 'failed' });
  expect([agent.sights.size, await lastOutcome()]).toEqual([0, 'failed']);

  agent.losesAnswers.add('revoke');
  expect((await see('jail-b', 'jail-a')).refusal).not.toBeNull();
  // It holds there, and so it does here.
  expect([agent.sights.size, await lastOutcome()]).toEqual([1, 'unknown']);
  expect(await held()).toMatchObject([{ viewer: 'jail-b', target: 'jail-a', ended: null }]);

  agent.losesAnswers.clear();
  const revoked = await dashboard.mutate('grants.revoke', { viewer: 'jail-b', target: 'jail-a' }, mira);
  expect(revoked.refusal).toBeNull();
  expect([agent.sights.size, await held()]).toEqual([0, []]);
});

it('what is revoked while its host cannot be told ends when it can, or by its own time', async () => {
  const { db } = dashboard.running.services;
  const revoke = async () =>
    await dashboard.mutate<GrantView>('grants.revoke', { viewer: 'jail-b', target: 'jail-a' }, mira);
  const outcomes = async () => {
    const intent = await db.auditEvent.findFirstOrThrow({
      where: { kind: 'grant.revoke', phase: 'intent' },
      orderBy: { at: 'desc' },
    });
    const ends = await db.auditEvent.findMany({ where: { intent: intent.id } });
    return ends.map(({ outcome, actorType }) => `${outcome} ${actorType}`);
  };
  expect((await see('jail-b', 'jail-a')).refusal).toBeNull();
  agent.losesAnswers.add('revoke');
  expect((await revoke()).data).toMatchObject({ ended: null, revoking: { by: 'mira' } });
  // It may hold there, and so it is shown.
  expect([agent.sights.size, await outcomes()]).toEqual([1, []]);
  const held = async () => (await grants(false)).filter(({ viewer }) => viewer === 'jail-b');
  expect(await held()).toMatchObject([{ revoking: { by: 'mira' } }]);
  expect((await revoke()).refusal).toMatchObject({ code: 'conflict', field: 'target' });
  expect((await see('jail-b', 'jail-a')).refusal).toMatchObject({ code: 'conflict', field: 'target' });
  agent.losesAnswers.clear();
  await vi.waitUntil(async () => (await held()).length === 0, SLOWLY);
  expect([agent.sights.size, (await grants())[0]?.ended]).toEqual([0, 'revoked']);
  expect(await outcomes()).toEqual(['applied system']);

  // Its own time is over before its host is back. The host's clock may be behind, so that it is told for a day more;
  // then it has ended by itself, and nobody waits.
  expect((await see('jail-b', 'jail-a')).refusal).toBeNull();
  agent.losesAnswers.add('revoke');
  expect((await revoke()).refusal).toBeNull();
  const later = (seconds: number) => new Date(Date.now() + (3600 + seconds) * 1000);
  await recordExpiredGrants(db, later(1));
  await recordExpiredGrants(db, later(86_300));
  expect([(await grants())[0]?.ended, await outcomes()]).toEqual([null, []]);
  expect(await recordExpiredGrants(db, later(86_401))).toBe(1);
  expect((await grants())[0]).toMatchObject({ ended: 'expired', revoking: null });
  expect(await outcomes()).toEqual(['superseded system']);
  agent.losesAnswers.clear();
  agent.sights.clear();
});

it('a permission and a report of the same host wait for each other, and never for ever', async () => {
  const { db } = dashboard.running.services;
  const { id, hostId } = await db.jail.findFirstOrThrow({ where: { name: 'jail-a' } });
  const granted = await db.$transaction(async (tx) => {
    // As a report: its host first, then its jails.
    await tx.$queryRaw`SELECT 1 FROM host WHERE id = ${hostId}::uuid FOR UPDATE`;
    const granting = see('jail-a', 'jail-b');
    const waits = async () => {
      const [row] = await db.$queryRaw<[{ count: number }]>`
        SELECT count(*)::int FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      return row.count > 0;
    };
    await vi.waitUntil(waits, { timeout: 20_000 });
    await tx.jail.update({ where: { id }, data: { seenAt: new Date() } });
    // Within a list: a promise that is answered by itself would be waited for.
    return [granting];
  }, SLOWLY);
  expect((await granted[0])?.refusal).toBeNull();
  await dashboard.mutate('grants.revoke', { viewer: 'jail-a', target: 'jail-b' }, mira);
});

it('walks of a jail are kept by number, and the second is compared with the first', async () => {
  const first = await dashboard.mutate<XrayView>('jails.xray', { jail: 'jail-a' }, mira);
  expect(first.data).toMatchObject({ number: 1, by: 'mira', against: null, changes: [] });
  agent.found = [{ group: 'device', item: '/dev/kvm', detail: 'character 10:232' }];
  const second = await dashboard.mutate<XrayView>('jails.xray', { jail: 'jail-a' }, mira);
  expect(second.data).toMatchObject({
    number: 2,
    against: { number: 1 },
    changes: [
      { change: 'new', finding: { item: '/dev/kvm' } },
      { change: 'gone', finding: { item: '/dev/null' } },
    ],
  });
  const same = await dashboard.mutate<XrayView>('jails.xray', { jail: 'jail-a', against: 2 }, mira);
  expect(same.data).toMatchObject({ number: 3, against: { number: 2 }, changes: [] });
  const none = await dashboard.query('jails.xrayShow', { jail: 'jail-a', run: 3, against: 9 }, mira);
  expect(none.refusal).toMatchObject({ code: 'not-found', field: 'against' });
});

it('a walk that is to be compared with one that is not there is not made', async () => {
  const { db } = dashboard.running.services;
  const intents = () => db.auditEvent.count({ where: { kind: 'jail.xray', phase: 'intent' } });
  const [walks, before] = [await db.xrayRun.count(), await intents()];
  const refused = await dashboard.mutate('jails.xray', { jail: 'jail-a', against: 99 }, mira);
  expect(refused.refusal).toMatchObject({ code: 'not-found', field: 'against' });
  expect([await db.xrayRun.count(), await intents()]).toEqual([walks, before]);
});

it('of many walks of a jail the oldest go, and no other jail’s', async () => {
  const { db } = dashboard.running.services;
  await dashboard.mutate<XrayView>('jails.xray', { jail: 'jail-b' }, mira);
  const { id } = await db.jail.findFirstOrThrow({ where: { name: 'jail-a' } });
  const newest = await db.xrayRun.findFirstOrThrow({ where: { jailId: id, number: 3 } });
  await db.xrayRun.createMany({
    data: Array.from({ length: 98 }, (_, index) => ({
      ...{ ...newest, id: randomUUID(), number: index + 4 },
      ...{ differs: newest.differs as never, findings: newest.findings as never },
    })),
  });
  const last = await dashboard.mutate<XrayView>('jails.xray', { jail: 'jail-a' }, mira);
  expect(last.data).toMatchObject({ number: 102, against: { number: 101 } });
  const numbers = (jailId: string) =>
    db.xrayRun.aggregate({ where: { jailId }, _min: { number: true }, _count: true });
  expect(await numbers(id)).toMatchObject({ _min: { number: 3 }, _count: 100 });
  expect(await db.xrayRun.count()).toBe(101);
  const oldest = await dashboard.mutate<XrayView>('jails.xray', { jail: 'jail-a', against: 3 }, mira);
  expect(oldest.data).toMatchObject({ number: 103, against: { number: 3 } });
  await dashboard.mutate<XrayView>('jails.xray', { jail: 'jail-a' }, mira);
  expect(await numbers(id)).toMatchObject({ _min: { number: 5 }, _count: 100 });
});

it('on a silent host nothing is granted, and what is revoked waits', async () => {
  const { db } = dashboard.running.services;
  expect((await see('jail-b', 'jail-a')).refusal).toBeNull();
  await agent.hangUp();
  const intents = () => db.auditEvent.count({ where: { kind: 'grant.see', phase: 'intent' } });
  const before = await intents();
  const isSilent = async () => (await see('jail-a', 'jail-b')).refusal?.code === 'unreachable';
  await vi.waitUntil(isSilent, SLOWLY);
  expect((await see('jail-a', 'jail-b')).refusal).toMatchObject({
    field: 'viewer',
    fix: expect.stringContaining('when the host is back'),
  });
  expect(await intents()).toBe(before);
  const revoked = await dashboard.mutate('grants.revoke', { viewer: 'jail-b', target: 'jail-a' }, mira);
  expect(revoked).toMatchObject({ refusal: null, data: { ended: null, revoking: { by: 'mira' } } });
});

import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { AgentConnections } from '../host-sync/agent-connections.ts';
import { setAgentConnections } from '../hosts/agent-client.ts';
import { createJail } from '../jails/create-jail.ts';
import { as, refusal, TestHost, testDb } from '../test-fleet.ts';
import { endRevokedMeanwhile } from './end-revoked-meanwhile.ts';
import { grantSight } from './grant-sight.ts';
import { listGrants } from './list-grants.ts';
import { recordExpiredGrants } from './record-expired-grants.ts';
import { revokeSight } from './revoke-sight.ts';

const db = testDb();
const mira = as(db);

/** A host's part: what it was told comes to it when its test lets it. */
class SlowHost {
  readonly sights = new Set<string>();
  grantComes: () => Promise<void> = async () => {};
  revokeComes: () => Promise<void> = async () => {};
  grantFails = false;
  told = 0;
  readonly agent = {
    sights: {
      grant: {
        mutate: async ({ id }: { id: string }) => {
          await this.grantComes();
          this.sights.add(id);
          if (this.grantFails) throw new Error('the disk is full');
        },
      },
      revoke: {
        mutate: async ({ id }: { id: string }) => {
          this.told += 1;
          await this.revokeComes();
          this.sights.delete(id);
        },
      },
    },
  };
}
let [h1, h2] = [new SlowHost(), new SlowHost()];
const hosts = new Map<string, () => SlowHost | null>();
/** Whether h1 is connected. */
let isHere = true;
let errors = vi.spyOn(console, 'error');

beforeAll(async () => {
  for (const [name, host] of [
    ['h1', () => (isHere ? h1 : null)],
    ['h2', () => h2],
  ] as const) {
    const enrolled = await TestHost.enroll(db, name);
    await enrolled.report();
    hosts.set(enrolled.id, host);
    for (const jail of [`a-${name}`, `b-${name}`])
      await createJail(mira, { name: jail, host: name, network: null, start: false });
  }
  const of = (id: string) => hosts.get(id)?.() ?? null;
  setAgentConnections(db, { connections: { of } as unknown as AgentConnections, relays: null });
});
beforeEach(() => {
  [h1, h2] = [new SlowHost(), new SlowHost()];
  isHere = true;
  errors.mockRestore();
  errors = vi.spyOn(console, 'error').mockImplementation(() => {});
});
afterAll(async () => {
  errors.mockRestore();
  await db.$disconnect();
});

const parties = (host: string) => ({ viewer: `a-${host}`, target: `b-${host}` });
const see = (host = 'h1') => grantSight(mira, { ...parties(host), seconds: 3600 });
const revoke = (host = 'h1') => revokeSight(mira, parties(host));
const newest = async (host = 'h1') =>
  (await listGrants(db, { ended: true, jail: parties(host).viewer }))[0] as Awaited<ReturnType<typeof see>>;
/** What came of an intent, in order: `grant.see applied` */
const cameOf = async (intent: string | null | undefined) => {
  const ends = await db.auditEvent.findMany({ where: { intent: intent ?? '' }, orderBy: { id: 'asc' } });
  return ends.map(({ kind, outcome }) => `${kind} ${outcome}`);
};
const rowOf = (id: string) => db.sightGrant.findUniqueOrThrow({ where: { id } });
/** As if it had been granted hours ago: its time is over by every clock here. */
const makeOverdue = (id: string) =>
  db.sightGrant.update({
    where: { id },
    data: { grantedAt: new Date(Date.now() - 7_200_000), until: new Date(Date.now() - 3_600_000) },
  });
/** Something that is reached, and then goes no further until it is let. */
function gate() {
  const reached = Promise.withResolvers<void>();
  const open = Promise.withResolvers<void>();
  const pass = async () => {
    reached.resolve();
    await open.promise;
  };
  return { pass, reached: reached.promise, open: open.resolve };
}

test('a revocation that overtakes its grant is told again, and done only then', async () => {
  const late = gate();
  h1.grantComes = late.pass;
  const granting = see();
  await late.reached;
  expect(await revoke()).toMatchObject({ ended: null, revoking: { by: 'mira' } });
  // Nor does a look end it while the grant is on its way.
  await endRevokedMeanwhile(db);
  expect([h1.told, (await newest()).ended]).toEqual([2, null]);
  late.open();
  const { id } = await granting;
  // Control: it came behind the revocation, and holds.
  expect([...h1.sights]).toEqual([id]);
  await endRevokedMeanwhile(db);
  expect([h1.sights.size, (await newest()).ended]).toEqual([0, 'revoked']);
  expect(await cameOf(id)).toEqual(['grant.see applied']);
  expect(await cameOf((await rowOf(id)).revokeEvent)).toEqual(['grant.revoke applied']);
});

test('one that is revoked while its granting fails ends as revoked, with an outcome of both', async () => {
  const late = gate();
  h1.grantComes = late.pass;
  h1.grantFails = true;
  const granting = see();
  await late.reached;
  await revoke();
  late.open();
  await expect(granting).rejects.toThrow('the disk is full');
  expect(await newest()).toMatchObject({ ended: null, revoking: { by: 'mira' } });
  await endRevokedMeanwhile(db);
  const { id, ended } = await newest();
  expect(ended).toBe('revoked');
  expect(await cameOf(id)).toEqual(['grant.see failed']);
  expect(await cameOf((await rowOf(id)).revokeEvent)).toEqual(['grant.revoke applied']);
});

test('one that is over and makes room for another is in the history as over', async () => {
  const { id } = await see();
  const { until } = await makeOverdue(id);
  const next = await see();
  expect(await rowOf(id)).toMatchObject({ ended: 'expired', endedAt: until });
  expect(await cameOf(id)).toEqual(['grant.see applied', 'grant.expire applied']);
  expect(await recordExpiredGrants(db)).toBe(0);
  expect((await newest()).id).toBe(next.id);
  expect((await revoke()).ended).toBe('revoked');
});

test('what was revoked on a silent host is ended there also beyond its time, and makes no room before', async () => {
  const { id } = await see();
  isHere = false;
  await revoke();
  await makeOverdue(id);
  // The host's clock may be behind this one.
  expect(await recordExpiredGrants(db)).toBe(0);
  isHere = true;
  expect(await refusal(see())).toMatchObject({
    ...{ code: 'conflict', field: 'target' },
    cause: 'mira revoked it, and host h1 has not said yet that it ended it.',
  });
  expect([...h1.sights]).toEqual([id]);
  await endRevokedMeanwhile(db);
  expect([h1.sights.size, (await rowOf(id)).ended]).toEqual([0, 'revoked']);
  expect(await cameOf((await rowOf(id)).revokeEvent)).toEqual(['grant.revoke applied']);
  // Control: one that nobody revoked ends by its time alone.
  const unrevoked = await see();
  await makeOverdue(unrevoked.id);
  expect(await recordExpiredGrants(db)).toBe(1);
  expect((await rowOf(unrevoked.id)).ended).toBe('expired');
});

test('a host that hangs delays no other, and is complained of once', async () => {
  const [first, second] = [await see('h1'), await see('h2')];
  const away = async () => {
    throw new Error('nobody is there');
  };
  [h1.revokeComes, h2.revokeComes] = [away, away];
  for (const host of ['h1', 'h2']) expect((await revoke(host)).ended).toBeNull();
  const hangs = gate();
  h1.revokeComes = async () => {
    await hangs.pass();
    await away();
  };
  h2.revokeComes = async () => {};
  const looking = endRevokedMeanwhile(db);
  await hangs.reached;
  await vi.waitFor(async () => expect((await rowOf(second.id)).ended).toBe('revoked'), { timeout: 10_000 });
  expect((await rowOf(first.id)).ended).toBeNull();
  // A look that comes meanwhile does not wait behind it, nor ask it twice.
  const { told } = h1;
  await endRevokedMeanwhile(db);
  expect(h1.told).toBe(told);
  errors.mockClear();
  hangs.open();
  await looking;
  await endRevokedMeanwhile(db);
  await endRevokedMeanwhile(db);
  expect([h1.told, errors.mock.calls.length]).toEqual([told + 2, 1]);
  h1.revokeComes = async () => {};
  await endRevokedMeanwhile(db);
  expect([h1.sights.size, (await rowOf(first.id)).ended]).toEqual([0, 'revoked']);
});

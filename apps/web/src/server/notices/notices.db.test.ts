import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { releaseIp } from '../ip-assignments/release-ip.ts';
import { createJail } from '../jails/create-jail.ts';
import { stopJail } from '../jails/stop-jail.ts';
import { createNetwork } from '../networks/create-network.ts';
import { as, made, TestHost, testDb } from '../test-fleet.ts';
import { listNotices } from './list-notices.ts';
import { markDone } from './mark-done.ts';
import { recordNotices } from './record-notices.ts';

const db = testDb();
const mira = as(db);
const jon = as(db, 'jon', 'viewer');
let h1: TestHost;

beforeAll(async () => {
  h1 = await TestHost.enroll(db, 'h1');
  await h1.report();
  await createNetwork(mira, { name: 'lan', subnets: ['10.20.0.0/29'] });
  await createJail(mira, { name: 'web1' });
  await h1.report();
});
afterAll(() => db.$disconnect());

const silence = () =>
  db.host.update({ where: { id: h1.id }, data: { lastReportAt: new Date(Date.now() - 60_000) } });
const alerts = async (who = mira) => {
  await recordNotices(db);
  return (await listNotices(who)).alerts;
};

describe('what needs attention', () => {
  it('is nothing while all is well', async () => {
    expect(await alerts()).toEqual([]);
    expect(await listNotices(mira)).toMatchObject({ counts: { alerts: 0, mine: 0 }, worst: null });
  });

  it('opens, clears in the same row, and is counted when it comes back', async () => {
    await silence();
    expect(await alerts()).toMatchObject([
      { severity: 'unknown', text: 'host h1 is silent', times: 1, clearedAt: null, object: { name: 'h1' } },
    ]);
    await h1.report();
    expect(await alerts()).toMatchObject([{ clearedAt: expect.stringMatching(/^20/) }]);
    await silence();
    expect(await alerts()).toMatchObject([{ times: 2, clearedAt: null }]);
    expect(await listNotices(mira)).toMatchObject({ counts: { alerts: 1 }, worst: 'unknown' });
  });

  it('is put aside by each for themselves, and is there again when it comes back', async () => {
    const [silent] = await alerts();
    await markDone(mira, { subjects: [silent?.subject ?? ''], done: true });
    expect((await listNotices(mira)).counts.alerts).toBe(0);
    expect((await listNotices(jon)).counts.alerts).toBe(1);
    await h1.report();
    await alerts();
    await silence();
    expect(await alerts()).toMatchObject([{ done: false, times: 3 }]);
    await h1.report();
    await alerts();
  });

  it('is an address that its host does not confirm as gone, and a pool that is nearly full', async () => {
    const address = (await db.ipAssignment.findFirstOrThrow({ where: { jailName: 'web1' } })).address;
    await releaseIp(mira, { jail: 'web1', address });
    await db.ipAssignment.updateMany({
      where: { address },
      data: { wantedUntil: new Date(Date.now() - 180_000) },
    });
    for (const name of ['a', 'b', 'c', 'd']) await createJail(mira, { name });
    const open = (await alerts()).filter(({ clearedAt }) => clearedAt === null);
    expect(open.map(({ text }) => text).sort()).toEqual([
      `${address} of web1 is releasing: host h1 has not confirmed that it is gone`,
      'pool lan of network lan is full',
    ]);
    await h1.report();
    expect((await alerts()).find(({ object }) => object.name === address)?.clearedAt).not.toBeNull();
  });

  it('is written once, by however many dashboards', async () => {
    await silence();
    await Promise.all([recordNotices(db), recordNotices(db), recordNotices(db)]);
    expect((await alerts()).filter(({ object }) => object.name === 'h1')).toMatchObject([{ times: 4 }]);
    await h1.report();
  });
});

describe('how one’s own tasks ended', () => {
  it('is shown to whoever began them, failures until they are put aside', async () => {
    const { task } = made(await stopJail(mira, { jail: 'web1' }));
    await h1.report();
    expect((await listNotices(mira)).mine[0]).toMatchObject({
      subject: `task/${task.id}`,
      severity: 'ok',
      object: { name: 'web1' },
    });
    expect((await listNotices(jon)).mine).toEqual([]);
    await db.task.update({ where: { id: Number(task.id.slice(2)) }, data: { state: 'failed' } });
    expect((await listNotices(mira)).counts.mine).toBe(1);
    await markDone(mira, { subjects: [`task/${task.id}`], done: true });
    expect((await listNotices(mira)).counts.mine).toBe(0);
  });
});

import { randomUUID } from 'node:crypto';
import type { AuditKind } from '@cellblock/shared/audit-event';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { changeFleet } from '../change-fleet.ts';
import { recordGrantOutcome } from '../grants/record-grant.ts';
import { recordImageEnd, recordImageIntent } from '../images/record-image.ts';
import { createJail } from '../jails/create-jail.ts';
import { as, made, TestHost, testDb } from '../test-fleet.ts';
import { recordLostEnds } from './record-lost-ends.ts';

const db = testDb();
const mira = as(db);
const later = (minutes: number) => new Date(Date.now() + minutes * 60_000);
let host: { id: string; name: string };
let jail: string;
const makeJail = async (name: string) =>
  made(await createJail(mira, { name, host: 'h1', network: null, start: false })).object.id;

beforeAll(async () => {
  const enrolled = await TestHost.enroll(db, 'h1');
  await enrolled.report();
  host = { id: enrolled.id, name: enrolled.name };
  jail = await makeJail('web1');
});
afterAll(() => db.$disconnect());

const outcomes = async (intent: string) =>
  (await db.auditEvent.findMany({ where: { intent }, include: { details: true } })).map((event) => [
    event.outcome,
    event.actorType,
    event.details.find(({ field }) => field === 'summary')?.value,
  ]);

test('an image of whose end nobody heard is unknown after an hour, once, whoever looks', async () => {
  const act = { kind: 'image.pull' as const, host, summary: 'fetched image nginx on host h1' };
  const ended = await recordImageIntent(mira, act);
  await recordImageEnd(mira, ended, 'applied', 'image nginx is made', {});
  const { cause } = await recordImageIntent(mira, act);
  expect(await recordLostEnds(db, later(59))).toBe(0);
  const looks = await Promise.all([1, 2, 3].map(() => recordLostEnds(db, later(61))));
  expect(looks.sort()).toEqual([0, 0, 1]);
  expect(await outcomes(cause)).toEqual([
    ['unknown', 'system', 'nobody heard what came of it: mira fetched image nginx on host h1'],
  ]);
  expect(await outcomes(ended.cause)).toHaveLength(1);
  expect(await db.auditPending.count()).toBe(0);
});

test('a run of answers is unknown when its host has said nothing for a quarter of an hour', async () => {
  const change = await changeFleet(mira, { kind: 'answers.run' }, async ({ event }) => ({
    ...{ object: { type: 'host' as const, ...host }, host, summary: 'ran the answers on host h1' },
    ...{ wants: [], topics: [], outcomeLater: true, show: async () => event },
  }));
  if ('plan' in change) throw new Error('this was a preview');
  const intent = change.object;
  await db.answersRunRow.create({
    data: { hostId: host.id, run: { id: randomUUID() }, intent, heardAt: later(10) },
  });
  expect(await recordLostEnds(db, later(24))).toBe(0);
  expect(await recordLostEnds(db, later(26))).toBe(1);
  expect(await outcomes(intent)).toMatchObject([['unknown', 'system', expect.stringContaining('mira ran')]]);
  expect(await recordLostEnds(db, later(60 * 24))).toBe(0);
});

/** An act on a jail, begun by a dashboard that did not live to hear of it. */
async function beginOnJail(kind: AuditKind, about: string): Promise<string> {
  const change = await changeFleet(mira, { kind }, async ({ event }) => ({
    ...{ object: { type: 'jail' as const, id: jail, name: 'web1' }, host, summary: `did ${kind}` },
    ...{ wants: [], topics: [`jail/${about}`], outcomeLater: true, show: async () => event },
  }));
  if ('plan' in change) throw new Error('this was a preview');
  return change.object;
}

const DAY = 24 * 60;
test.each<[AuditKind, number]>([
  ['jail.logs', DAY],
  ['jail.exec', DAY],
  ['jail.console', DAY],
  ['jail.xray', 60],
  ['jail.files', 15],
  ['jail.signal', 15],
  ['jail.prove', 15],
])(
  'a %s of which nobody heard is unknown after %i minutes, on its jail and its host',
  async (kind, minutes) => {
    const intent = await beginOnJail(kind, jail);
    expect(await recordLostEnds(db, later(minutes - 1))).toBe(0);
    expect(await recordLostEnds(db, later(minutes + 1))).toBe(1);
    expect(await outcomes(intent)).toEqual([
      ['unknown', 'system', `nobody heard what came of it: mira did ${kind}`],
    ]);
    const [end] = await db.auditEvent.findMany({ where: { intent } });
    expect(end).toMatchObject({ objectType: 'jail', objectId: jail, hostId: host.id });
  },
);

test('a permission of which nobody heard whether it was granted is unknown, also when its time is over', async () => {
  const target = randomUUID();
  const intent = await beginOnJail('grant.see', target);
  const named = (id: string) => ({ id, name: id });
  await db.$transaction((tx) =>
    recordGrantOutcome(
      tx,
      mira,
      { id: intent, viewer: { id: jail, name: 'web1' }, target: named(target), host },
      { ...{ kind: 'grant.expire', intent, outcome: 'applied' }, ...{ summary: 'over', after: {} } },
    ),
  );
  expect(await recordLostEnds(db, later(14))).toBe(0);
  expect(await recordLostEnds(db, later(16))).toBe(1);
  expect((await outcomes(intent)).map(([outcome]) => outcome)).toEqual(['applied', 'unknown']);
  const about = await db.auditDetail.findMany({ where: { field: 'about', event: { intent } } });
  expect(about.map(({ value }) => value)).toEqual([[target], [target]]);
});

test('a revocation that waits for its host is not lost, one whose permission is gone is', async () => {
  const [viewer, target] = [await makeJail('a'), await makeJail('b')];
  const intent = await beginOnJail('grant.revoke', target);
  const grant = await db.sightGrant.create({
    data: {
      ...{ id: randomUUID(), hostId: host.id, viewerId: viewer, targetId: target, by: 'mira' },
      ...{ until: later(60), revokeEvent: intent, revokeBy: 'mira', revokeAskedAt: new Date() },
    },
  });
  expect(await recordLostEnds(db, later(16))).toBe(0);
  await db.sightGrant.delete({ where: { id: grant.id } });
  expect(await recordLostEnds(db, later(16))).toBe(1);
  expect(await outcomes(intent)).toMatchObject([['unknown', 'system', expect.any(String)]]);
});

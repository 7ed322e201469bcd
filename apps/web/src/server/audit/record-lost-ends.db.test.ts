import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { changeFleet } from '../change-fleet.ts';
import { recordImageEnd, recordImageIntent } from '../images/record-image.ts';
import { as, TestHost, testDb } from '../test-fleet.ts';
import { recordLostEnds } from './record-lost-ends.ts';

const db = testDb();
const mira = as(db);
const later = (minutes: number) => new Date(Date.now() + minutes * 60_000);
let host: { id: string; name: string };

beforeAll(async () => {
  const { id, name } = await TestHost.enroll(db, 'h1');
  host = { id, name };
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

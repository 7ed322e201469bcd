import { afterAll, beforeAll, expect, test } from 'vitest';
import { createJail } from '../jails/create-jail.ts';
import { readTask, taskNumber } from '../tasks/queries.ts';
import { as, made, TestHost, testDb } from '../test-fleet.ts';
import { recordStatus } from './record-status.ts';

const db = testDb();
let h1: TestHost;
let h2: TestHost;

beforeAll(async () => {
  h1 = await TestHost.enroll(db, 'h1');
  h2 = await TestHost.enroll(db, 'h2');
});
afterAll(() => db.$disconnect());

test('receipts are stored in the order of their chain, and once', async () => {
  const both = [h1.receipt(), h1.receipt()];
  expect(await h1.account(...both)).toEqual({ acknowledged: 2, broken: null });
  expect(await h1.account(...both)).toEqual({ acknowledged: 2, broken: null });
  expect(await db.receipt.count({ where: { hostId: h1.id } })).toBe(2);
});

test('a gap, a foreign signature, a wrong predecessor and another host are refused', async () => {
  const third = h1.receipt();
  const fourth = h1.receipt();
  expect((await h1.account(fourth)).broken).toBe('receipt 4 of host h1 does not follow 2: one is missing');
  const altered = { ...third, body: { ...third.body, text: 'something else' } };
  expect((await h1.account(altered)).broken).toBe('receipt 3 of host h1 is not signed with its key');
  const foreign = h2.receipt({ seq: 3, host: h1.id });
  expect((await h1.account(foreign)).broken).toBe('receipt 3 of host h1 is not signed with its key');
  expect(await h1.account(third, fourth)).toEqual({ acknowledged: 4, broken: null });
  const unchained = h1.receipt({ prev: '0'.repeat(64) });
  expect((await h1.account(unchained)).broken).toBe(
    'receipt 5 of host h1 does not name the hash of the one before',
  );
});

test('a task is applied only when the receipts that the report speaks of are stored', async () => {
  const h3 = await TestHost.enroll(db, 'h3');
  await h3.report();
  const { task } = made(await createJail(as(db), { name: 'web1', host: 'h3', network: null }));
  const { event } = await readTask(db, taskNumber(task.id));
  const receipt = h3.receipt({ cause: event.id, text: 'start jail web1' });
  await recordStatus(db, h3.id, await h3.obedient());
  expect(await readTask(db, taskNumber(task.id))).toMatchObject({ state: 'accepted' });
  await h3.account(receipt);
  expect(await readTask(db, taskNumber(task.id))).toMatchObject({
    state: 'applied',
    steps: [{ text: 'start jail web1', result: 'done', receipt: 1 }],
  });
});

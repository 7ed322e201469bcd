import { afterAll, beforeAll, expect, test } from 'vitest';
import { readAddress } from '../ip-assignments/address-view.ts';
import { assignIp } from '../ip-assignments/assign-ip.ts';
import { createJail } from '../jails/create-jail.ts';
import { readJail } from '../jails/queries.ts';
import { restartJail } from '../jails/restart-jail.ts';
import { createNetwork } from '../networks/create-network.ts';
import { as, made, refusal, TestHost, testDb } from '../test-fleet.ts';
import { cancelTask } from './cancel-task.ts';
import { myTasks } from './my-tasks.ts';
import { listTasks, readTask, taskNumber } from './queries.ts';
import { readTaskDetail } from './read-task-detail.ts';
import { searchTasks } from './search-tasks.ts';
import { waitTask } from './wait-task.ts';

const db = testDb();
const mira = as(db);
let h1: TestHost;

beforeAll(async () => {
  h1 = await TestHost.enroll(db, 'h1');
  await h1.report();
  await createNetwork(mira, { name: 'lan', subnets: ['10.20.0.0/24'] });
  await createJail(mira, { name: 'web1' });
  await h1.report();
});
afterAll(() => db.$disconnect());

test('waiting ends when the host has confirmed', async () => {
  const { task } = made(await assignIp(mira, { jail: 'web1' }));
  const waiting = waitTask(db, { task: task.id, timeoutMs: 10_000 });
  await h1.report();
  expect((await waiting).state).toBe('applied');
});

test('waiting for a silent host ends with the time given; the task goes on', async () => {
  const { task } = made(await assignIp(mira, { jail: 'web1' }));
  await db.host.update({ where: { id: h1.id }, data: { lastReportAt: new Date(Date.now() - 60_000) } });
  expect(await waitTask(db, { task: task.id, timeoutMs: 150 })).toMatchObject({
    state: 'wanted',
    message: expect.stringMatching(
      /^Waits for host h1: silent since .* It is done when that host is back\.$/,
    ),
  });
  expect((await listTasks(db, { state: 'wanted' })).map(({ id }) => id)).toEqual([task.id]);
});

test('a task that is canceled is taken back by a change of its own', async () => {
  const { task, object } = made(await assignIp(mira, { jail: 'web1' }));
  const canceled = await cancelTask(mira, { task: task.id });
  expect(canceled).toMatchObject({ state: 'canceled', message: 'Canceled: the address is released' });
  expect((await readAddress(db, object.address)).state).toBe('releasing');
  const events = await db.auditEvent.findMany({ where: { intent: canceled.event.id } });
  expect(events.map(({ outcome }) => outcome)).toEqual(['canceled']);
  const jail = made(await createJail(mira, { name: 'web2' }));
  await cancelTask(mira, { task: jail.task.id });
  expect(await readJail(db, 'web2')).toMatchObject({ wanted: { state: 'destroyed' } });
});

test('what has ended is not canceled', async () => {
  await h1.report();
  const { task } = made(await restartJail(mira, { jail: 'web1' }));
  await h1.report();
  expect((await refusal(cancelTask(mira, { task: task.id }))).message).toBe(`${task.id} has ended: applied.`);
});

test('tasks are found by the filter language, page by page', async () => {
  const { tasks, counts, next } = await searchTasks(db, { q: 'action:jail.* object:web1', limit: 1 });
  expect(tasks).toMatchObject([{ kind: 'jail.restart', object: { name: 'web1' } }]);
  expect(counts).toMatchObject({ open: 0, waiting: 0, failed: 0 });
  const older = await searchTasks(db, { q: 'action:jail.* object:web1', cursor: next });
  expect(older.tasks).toMatchObject([{ kind: 'jail.create', object: { name: 'web1' } }]);
  expect(older.next).toBeNull();
  expect((await searchTasks(db, { q: 'by:nobody' })).tasks).toEqual([]);
  expect(await refusal(searchTasks(db, { q: 'stat:failed' }))).toMatchObject({
    field: 'q',
    fix: 'Did you mean state?',
  });
});

test('a task tells for which host it waits, what is left to do, and what canceling would do', async () => {
  const { task, object } = made(await assignIp(mira, { jail: 'web1' }));
  await db.host.update({ where: { id: h1.id }, data: { lastReportAt: new Date(Date.now() - 60_000) } });
  const detail = await readTaskDetail(mira, taskNumber(task.id));
  expect(detail).toMatchObject({
    task: { state: 'wanted', waitsFor: { host: 'h1', state: 'unknown' } },
    left: [{ host: 'h1' }],
    cancel: { can: true, text: 'the address is released' },
    retry: null,
  });
  expect((await searchTasks(db, { q: 'state:waiting' })).tasks).toMatchObject([{ id: task.id }]);
  expect((await myTasks(mira))[0]).toMatchObject({ id: task.id, object: { name: object.address } });
  expect((await myTasks(as(db, 'jon'))).map(({ id }) => id)).not.toContain(task.id);
  await h1.report();
  expect(await readTaskDetail(mira, taskNumber(task.id))).toMatchObject({
    task: { state: 'applied', waitsFor: null },
    left: [],
    cancel: { can: false, reason: 'It has ended: applied.' },
  });
});

test('what is no task is refused', async () => {
  expect((await refusal(readTask(db, 99_999))).code).toBe('not-found');
  expect(() => taskNumber('T-x')).toThrow('T-x is no task: they are written T-17.');
});

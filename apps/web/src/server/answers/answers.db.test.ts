import { randomUUID } from 'node:crypto';
import type { Answer, AnswersEvent, AnswersRun } from '@cellblock/shared/answers/answer';
import { AppError } from '@cellblock/shared/app-error';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { searchEvents } from '../audit/search-events.ts';
import type { AgentConnections } from '../host-sync/agent-connections.ts';
import { setAgentConnections } from '../hosts/agent-client.ts';
import { as, refusal, TestHost, testDb } from '../test-fleet.ts';
import { answersOf } from './answers-view.ts';
import { cancelAnswers } from './cancel-answers.ts';
import { runAnswers } from './run-answers.ts';

const db = testDb();
const mira = as(db);
const input = { host: 'h1', rows: [], mails: [] };

interface Observer {
  onData(event: AnswersEvent): void;
  onError(error: unknown): void;
  onComplete(): void;
}
let observer: Observer;
let refuses: AppError | null = null;
const asked: unknown[] = [];
const canceled: unknown[] = [];
const agent = {
  answers: {
    run: {
      subscribe: (given: unknown, to: Observer) => {
        asked.push(given);
        observer = to;
        if (refuses) to.onError(refuses);
        else to.onData({ type: 'run', run });
        return { unsubscribe: () => undefined };
      },
    },
    cancel: { mutate: async () => canceled.push(true) },
  },
};

let run: AnswersRun;
const answer = (row: string, verdict: Answer['verdict']): Answer => ({
  ...{ row, verdict, reason: null, probe: null, control: null, tookMs: 1 },
});
const ended = (more: Partial<AnswersRun>): AnswersRun => ({
  ...run,
  endedAt: new Date().toISOString(),
  ...more,
});
const outcomes = async () => {
  const { events } = await searchEvents(mira, { q: 'kind:answers.run', limit: 100 });
  return events
    .filter(({ phase }) => phase === 'outcome')
    .map(({ outcome, summary }) => ({ outcome, summary }));
};

beforeAll(async () => {
  const h1 = await TestHost.enroll(db, 'h1');
  await h1.report();
  setAgentConnections(db, {
    connections: { of: () => ({ agent }) } as unknown as Pick<AgentConnections, 'of'>,
    relays: null,
  });
});
beforeEach(async () => {
  refuses = null;
  run = {
    ...{ id: randomUUID(), startedAt: new Date().toISOString(), endedAt: null, by: 'mira', kernel: '6.12' },
    ...{ lab: false, asked: ['M6', 'M7'], answers: [], cutShort: null },
  };
  await db.answersRunRow.deleteMany();
});

test('nobody has asked yet', async () => {
  expect(await answersOf(db, 'h1')).toMatchObject({ run: null, testing: null, lost: false });
});

test('each row is kept as it is answered, and the outcome says how many passed', async () => {
  const begun = await runAnswers(mira, { ...input, mails: ['M'] });
  expect(begun.run).toEqual(run);
  expect(asked.at(-1)).toMatchObject({ rows: [], mails: ['M'] });
  observer.onData({ type: 'testing', row: 'M6' });
  await expect.poll(async () => (await answersOf(db, 'h1')).testing).toBe('M6');
  observer.onData({ type: 'answer', answer: answer('M6', 'pass') });
  await expect.poll(async () => (await answersOf(db, 'h1')).run?.answers.length).toBe(1);
  const answers = [answer('M6', 'pass'), answer('M7', 'fail')];
  observer.onData({ type: 'ended', run: ended({ answers }) });
  await expect.poll(outcomes).toContainEqual({
    outcome: 'applied',
    summary: 'the answers on host h1 ended: 1 pass, 1 fail, 0 skip',
  });
  expect((await answersOf(db, 'h1')).run?.answers).toEqual(answers);
});

test('while a run is under way another is refused', async () => {
  await runAnswers(mira, input);
  expect(await refusal(runAnswers(mira, input))).toMatchObject({ code: 'conflict', field: 'host' });
  observer.onData({ type: 'ended', run: ended({}) });
  await expect.poll(async () => (await answersOf(db, 'h1')).run?.endedAt).not.toBeNull();
});

test('what the host refuses is the answer, and its outcome is failed', async () => {
  refuses = new AppError('conflict', 'busy there', { fix: 'wait' });
  await expect(runAnswers(mira, input)).rejects.toThrow('busy there');
  expect((await outcomes())[0]).toEqual({
    outcome: 'failed',
    summary: 'the answers on host h1 did not begin',
  });
});

test('a connection that breaks ends the run, and says so', async () => {
  await runAnswers(mira, input);
  observer.onError(new Error('hung up'));
  await expect
    .poll(async () => (await answersOf(db, 'h1')).run?.cutShort)
    .toBe('The connection to the host was lost: hung up');
});

test('a run of which nothing is heard any more is lost, and another may begin', async () => {
  await runAnswers(mira, input);
  await db.answersRunRow.updateMany({ data: { heardAt: new Date(Date.now() - 600_000) } });
  expect((await answersOf(db, 'h1')).lost).toBe(true);
  await runAnswers(mira, input);
  expect((await answersOf(db, 'h1')).lost).toBe(false);
  observer.onData({ type: 'ended', run: ended({}) });
  await expect.poll(async () => (await answersOf(db, 'h1')).run?.endedAt).not.toBeNull();
});

test('whoever cancels stands in the history, and the host is told', async () => {
  await cancelAnswers(mira, { host: 'h1' });
  expect(canceled).toHaveLength(1);
  const { events } = await searchEvents(mira, { q: 'kind:answers.cancel', limit: 10 });
  expect(events.length).toBeGreaterThan(0);
});

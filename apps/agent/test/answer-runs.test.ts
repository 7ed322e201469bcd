import type { AnswersEvent } from '@cellblock/shared/answers/answer';
import { AppError } from '@cellblock/shared/app-error';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AnswerRuns } from '../src/warden/answers/answer-runs.ts';
import { found, type Row, Skipped } from '../src/warden/answers/row.ts';
import { FakeHost } from './fake-host.ts';

const held = { probe: found(true, 'refused'), control: found(true, 'done') };
const row = (id: string, answer: Extract<Row, { answer: unknown }>['answer']): Row => ({ id, answer });
const ROWS: Row[] = [
  row('M1', async () => held),
  row('M2', async () => ({ ...held, control: found(false, 'refused too') })),
  row('M3', async () => {
    throw new Skipped('ENOSYS');
  }),
  row('M4', async () => {
    throw new AppError('conflict', 'no room', { cause: 'full', fix: 'wait' });
  }),
  row('M5', () => new Promise(() => undefined)),
];

let fake: FakeHost;
let runs: AnswerRuns;
beforeEach(async () => {
  fake = await FakeHost.open();
  runs = new AnswerRuns({ host: fake.host, rows: () => ROWS, lab: () => false });
});
afterEach(() => fake.close());

const only = (...rows: string[]) => ({ rows, mails: [] });
async function all(stream: AsyncIterable<AnswersEvent>): Promise<AnswersEvent[]> {
  const events: AnswersEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

test('a run says what was asked, each row as it begins and ends, and how all of it ended', async () => {
  const events = await all(runs.run(only('M3', 'M1', 'M2', 'M4'), 'mira'));
  expect(events.map(({ type }) => type)).toEqual([
    'run',
    ...Array.from({ length: 4 }, () => ['testing', 'answer']).flat(),
    'ended',
  ]);
  const newest = await runs.newest();
  expect(newest).toMatchObject({ by: 'mira', cutShort: null, asked: ['M1', 'M2', 'M3', 'M4'] });
  expect(newest?.answers.map(({ row, verdict, reason }) => `${row} ${verdict} ${reason}`)).toEqual([
    'M1 pass null',
    'M2 fail The control did not show the hole, so that the probe proves nothing.',
    'M3 skip ENOSYS',
    'M4 fail It could not be tested: no room',
  ]);
});

test('one run at a time; it ends when it is stopped, and another may begin', async () => {
  const first = runs.run(only('M5'), 'mira');
  expect((await first.next()).value).toMatchObject({ type: 'run' });
  await expect(runs.run(only('M1'), 'jon').next()).rejects.toMatchObject({
    refusal: { code: 'conflict', field: 'host' },
  });
  const rest = all(first);
  await runs.stop('somebody asked for it');
  expect((await rest).at(-1)).toMatchObject({
    type: 'ended',
    run: { cutShort: 'It was canceled: somebody asked for it.' },
  });
  expect((await all(runs.run(only('M1'), 'jon'))).at(-1)).toMatchObject({ run: { cutShort: null } });
});

test('whoever stops listening ends the run', async () => {
  const listening = new AbortController();
  const stream = runs.run(only('M1', 'M5'), 'mira', listening.signal);
  await stream.next();
  listening.abort();
  expect((await all(stream)).at(-1)).toMatchObject({ type: 'ended', run: { endedAt: expect.any(String) } });
  expect((await runs.newest())?.cutShort).toMatch(/canceled/);
});

test('a row that there is not is refused with those that there are', async () => {
  await expect(runs.run(only('M99'), 'mira').next()).rejects.toThrow('There is no row M99.');
});

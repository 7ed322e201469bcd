import type { AnswersView } from '@cellblock/shared/views/answers-view';
import { expect, test } from 'vitest';
import { asksAgainAfterMs, bombsIn, rowsOfMail } from './answer-state';

const view = (more: Partial<NonNullable<AnswersView['run']>>, lost = false): AnswersView => ({
  host: { id: '6f2c1f2e-7c1b-4c58-9d9c-2f3c5a1f0b11', name: 'h1' },
  testing: 'M2',
  lost,
  run: {
    ...{ id: '6f2c1f2e-7c1b-4c58-9d9c-2f3c5a1f0b11', startedAt: '2026-11-22T13:00:00.000Z', endedAt: null },
    ...{ by: 'mira', kernel: '6.18', lab: false, asked: ['M1', 'M2', 'M3'], cutShort: null },
    answers: [{ row: 'M1', verdict: 'fail', reason: 'x', probe: null, control: null, tookMs: 1 }],
    ...more,
  },
});
const states = (given: AnswersView, shown: 'all' | 'fail' | 'skip' = 'all') =>
  rowsOfMail('M', given, shown)
    .slice(0, 4)
    .map(({ row, state }) => `${row.id} ${state}`);

test('a run under way shows what is answered, what is tested, what waits, and what nobody asked', () => {
  expect(states(view({}))).toEqual(['M1 fail', 'M2 testing', 'M3 waiting', 'M4 not-asked']);
});

test('a run that ended, or of which nothing more was heard, lets nothing wait', () => {
  const ended = { ...view({ endedAt: '2026-11-22T13:01:00.000Z' }), testing: null };
  expect(states(ended)).toEqual(['M1 fail', 'M2 not-asked', 'M3 not-asked', 'M4 not-asked']);
  expect(states({ ...view({}, true), testing: null })[2]).toBe('M3 not-asked');
});

test('the page asks again while a run is under way, and never else', () => {
  expect(asksAgainAfterMs(view({}))).toBe(15_000);
  const others = [
    undefined,
    { ...view({}), run: null },
    view({}, true),
    view({ endedAt: '2026-11-22T13:01:00.000Z' }),
  ];
  expect(others.map(asksAgainAfterMs)).toEqual([false, false, false, false]);
});

test('only what failed is shown when that is asked for', () => {
  expect(states(view({}), 'fail')).toEqual(['M1 fail']);
  expect(states(view({}), 'skip')).toEqual([]);
});

test('bombs are said to be set off only when they were', () => {
  const run = (more: Parameters<typeof view>[0]) => {
    const { run: made } = view({ asked: ['M1', 'H37'], ...more });
    if (made === null) throw new Error('no run');
    return bombsIn(made);
  };
  const bomb = { row: 'H37', verdict: 'pass' as const, reason: null, probe: null, control: null, tookMs: 1 };
  const endedAt = '2026-11-22T13:01:00.000Z';
  expect(run({ asked: ['M1'], lab: true, endedAt })).toBe('were not asked for');
  expect(run({ lab: false, endedAt, answers: [{ ...bomb, verdict: 'skip' }] })).toMatch(/^are skipped: root/);
  expect(run({ lab: true })).toMatch(/^are set off in their turn/);
  expect(run({ lab: true, endedAt })).toMatch(/^were not reached/);
  expect(run({ lab: true, endedAt, answers: [bomb] })).toMatch(/^were set off: the bounds file/);
});

import { expect, test } from 'vitest';
import { parsePointInTime } from './point-in-time.ts';

const now = new Date('2026-08-03T14:03:00.000Z');
const read = (text: string, direction: 'before' | 'after' = 'before') =>
  parsePointInTime(text, now, direction)?.toISOString() ?? null;

test.each([
  ['now', '2026-08-03T14:03:00.000Z'],
  ['2h', '2026-08-03T12:03:00.000Z'],
  ['2h ago', '2026-08-03T12:03:00.000Z'],
  ['+2h', '2026-08-03T16:03:00.000Z'],
  ['2026-08-01T10:00:00Z', '2026-08-01T10:00:00.000Z'],
  ['2026-08-01 10:00Z', '2026-08-01T10:00:00.000Z'],
  ['2026-08-01T10:00+02:00', '2026-08-01T08:00:00.000Z'],
])('%s before now', (text, moment) => expect(read(text)).toBe(moment));

test('a bare duration lies where the question looks', () => {
  expect(read('2h', 'after')).toBe('2026-08-03T16:03:00.000Z');
  expect(read('-2h', 'after')).toBe('2026-08-03T12:03:00.000Z');
});

test('a date alone is its local midnight', () => {
  expect(read('2026-08-01')).toBe(new Date(2026, 7, 1).toISOString());
});

test.each(['', 'yesterday', '14', '2026-13-01', '2026-08-01T25:00Z', '3/8/2026'])('%j is no moment', (text) =>
  expect(read(text)).toBeNull(),
);

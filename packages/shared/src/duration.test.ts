import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatDuration, parseDuration } from './duration.ts';

test.each([
  ['30s', 30_000],
  ['1h', 3_600_000],
  ['1h30m', 5_400_000],
  ['30d', 2_592_000_000],
  ['250ms', 250],
  ['0', 0],
])('%s is %d ms', (text, ms) => expect(parseDuration(text)).toBe(ms));

test.each(['', '30', 's', '1.5h', '-1h', '1h 30m', '1y'])('%j is no duration', (text) =>
  expect(parseDuration(text)).toBeNull(),
);

test('every duration reads back as it was written', () => {
  fc.assert(fc.property(fc.nat(2 ** 40), (ms) => parseDuration(formatDuration(ms)) === ms));
});

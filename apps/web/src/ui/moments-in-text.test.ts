import { expect, it } from 'vitest';
import { momentsIn } from './moments-in-text.ts';

it.each([
  ['it is assigned to web1 since 10 Nov 2026 14:03 UTC.', '2026-11-10T14:03:00.000Z'],
  ['This invite ended at 2026-11-10T14:03:07.123Z.', '2026-11-10T14:03:07.123Z'],
  ['until 2026-11-10 14:03:07 UTC', '2026-11-10T14:03:07.000Z'],
])('%s', (text, moment) => {
  const pieces = momentsIn(text);
  expect(pieces.find((piece) => piece instanceof Date)?.toISOString()).toBe(moment);
  expect(pieces.filter((piece) => typeof piece === 'string').join('')).toMatch(/^(it is|This|until)/);
});

it('leaves a sentence without one as it is', () => {
  expect(momentsIn('Take 10.0.0.5, the next free one.')).toEqual(['Take 10.0.0.5, the next free one.']);
  expect(momentsIn('')).toEqual(['']);
});

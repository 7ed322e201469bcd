import { describe, expect, it } from 'vitest';
import { readMoment } from './read-moment.ts';

const now = new Date('2026-11-22T14:31:58Z');
const read = (text: string) => readMoment(text, 'utc', now)?.toISOString() ?? null;

describe('a moment as people write it', () => {
  it.each([
    ['2026-08-03', '2026-08-03T00:00:00.000Z'],
    ['2026-08-03 14:03', '2026-08-03T14:03:00.000Z'],
    ['2026-08-03 9:03', '2026-08-03T09:03:00.000Z'],
    ['2026-08-03T14:03:07Z', '2026-08-03T14:03:07.000Z'],
    [' 2026-08-03 14:03 UTC ', '2026-08-03T14:03:00.000Z'],
    ['2 h ago', '2026-11-22T12:31:58.000Z'],
    ['30min', '2026-11-22T14:01:58.000Z'],
    ['3 d ago', '2026-11-19T14:31:58.000Z'],
    ['10 minutes ago', '2026-11-22T14:21:58.000Z'],
    ['1 hour ago', '2026-11-22T13:31:58.000Z'],
  ])('%s is %s', (text, moment) => expect(read(text)).toBe(moment));

  it.each(['', 'yesterday', '2026-13-40', '14:03', '2026-08-03 25:61', '5 weeks'])('%j is none', (text) =>
    expect(read(text)).toBeNull(),
  );

  it('means the zone on the screen, unless it names one', () => {
    const local = readMoment('2026-08-03 14:03', 'local', now);
    expect(local?.getHours()).toBe(14);
    expect(readMoment('2026-08-03 14:03', 'Asia/Tokyo', now)?.toISOString()).toBe('2026-08-03T05:03:00.000Z');
    expect(readMoment('2026-08-03 14:03 UTC', 'local', now)?.toISOString()).toBe('2026-08-03T14:03:00.000Z');
  });
});

import { describe, expect, it } from 'vitest';
import { absoluteTime, durationText, relativeTime } from './time-text.ts';

const at = new Date('2026-11-22T14:31:58.204Z');
const after = (ms: number) => relativeTime(at, new Date(at.getTime() + ms));

describe('times as they are shown', () => {
  it('names the zone', () => {
    expect(absoluteTime(at, 'utc')).toBe('2026-11-22 14:31:58 UTC');
    expect(absoluteTime(at, 'utc', { ms: true })).toBe('2026-11-22 14:31:58.204 UTC');
    expect(absoluteTime(at, 'local')).toMatch(/ UTC[+−]\d\d:\d\d$/);
    expect(absoluteTime(at, 'Asia/Kathmandu')).toBe('2026-11-22 20:16:58 UTC+05:45');
    expect(absoluteTime(at, 'America/St_Johns')).toBe('2026-11-22 11:01:58 UTC−03:30');
  });

  it.each([
    [200, 'now'],
    [4_000, '4 s ago'],
    [6 * 60_000, '6 min ago'],
    [101 * 60_000, '1 h 41 min ago'],
    [-90_000, 'in 1 min'],
    [25 * 3_600_000, null],
  ])('%d ms later it is %s', (ms, text) => expect(after(ms)).toBe(text));

  it('gives durations in at most two units', () => {
    expect([34_000, 3_600_000, 12 * 86_400_000].map(durationText)).toEqual(['34 s', '1 h', '12 d']);
  });
});

import { describe, expect, it } from 'vitest';
import { momentOf, readZoneName, zoneOffset } from './time-zone.ts';

describe('zones by name', () => {
  it.each([
    ['Europe/Berlin', '2026-01-15T12:00:00Z', 1],
    ['Europe/Berlin', '2026-07-15T12:00:00Z', 2],
    ['Asia/Kathmandu', '2026-07-15T12:00:00Z', 5.75],
    ['utc', '2026-07-15T12:00:00Z', 0],
  ])('%s at %s is %d h ahead', (zone, at, hours) =>
    expect(zoneOffset(new Date(at), zone)).toBe(hours * 3_600_000),
  );

  it.each([
    // An hour that the clock leaps over, and one that it shows twice.
    '2026-03-29T02:30:00Z',
    '2026-10-25T02:30:00Z',
    '2026-11-22T14:31:00Z',
  ])('the moment of %s on a clock in Berlin shows it, or the nearest that exists', (shown) => {
    const at = momentOf(new Date(shown), 'Europe/Berlin');
    const again = at.getTime() + zoneOffset(at, 'Europe/Berlin');
    expect(Math.abs(again - Date.parse(shown))).toBeLessThanOrEqual(3_600_000);
  });

  it('knows names from what is none', () => {
    expect(readZoneName('Europe/Berlin')).toBe('Europe/Berlin');
    expect([readZoneName('utc'), readZoneName('UTC')]).toEqual(['utc', 'utc']);
    expect(readZoneName('Middle/Earth')).toBeNull();
  });
});

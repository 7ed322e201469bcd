import { describe, expect, test } from 'vitest';
import { chartTicks } from './chart-ticks';

const MIB = 2 ** 20;

describe('the lines of a scale', () => {
  test.each([
    ['processes', 4.32, false, [2, 4]],
    ['a limit of 50', 54, false, [20, 40]],
    ['a third of a core', 0.324, false, [0.1, 0.2, 0.3]],
    ['a share of time', 0.054, false, [0.02, 0.04]],
    ['bytes of a limit', 128 * MIB * 1.08, true, [64 * MIB, 128 * MIB]],
    ['bytes a second', 64 * 1024 * 1.08, true, [32 * 1024, 64 * 1024]],
  ] as const)('%s', (_, top, bytes, expected) => {
    expect(chartTicks(top, bytes).map((tick) => Number(tick.toPrecision(12)))).toEqual(expected);
  });

  test('there are one to four, whatever the top is, and none is above it', () => {
    for (let top = 0.001; top < 1e12; top *= 1.37) {
      for (const bytes of [false, true]) {
        const found = chartTicks(top, bytes);
        expect(found.length).toBeGreaterThanOrEqual(1);
        expect(found.length).toBeLessThanOrEqual(4);
        expect(found.at(-1)).toBeLessThanOrEqual(top);
      }
    }
  });
});

import { expect, test } from 'vitest';
import { windowOf } from './window-of.ts';

test('a terminal has its size, and the usual one where it says none, or 0 as a serial line does', () => {
  expect(windowOf({ columns: 132, rows: 43 })).toEqual({ columns: 132, rows: 43 });
  expect(windowOf({})).toEqual({ columns: 80, rows: 24 });
  expect(windowOf({ columns: 0, rows: 0 })).toEqual({ columns: 80, rows: 24 });
});

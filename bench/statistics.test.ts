import { expect, test } from 'vitest';
import { short, spreadOf } from './statistics.ts';

test('a median lies in the middle, whatever the order, and between two when there is no middle', () => {
  expect(spreadOf([9, 1, 5]).median).toBe(5);
  expect(spreadOf([4, 1, 2, 3]).median).toBe(2.5);
  expect(spreadOf([3, 1, 2])).toMatchObject({ count: 3, least: 1, p90: 3 });
});

test('nothing measured is an error, not a zero', () => {
  expect(() => spreadOf([])).toThrow('nothing was measured');
});

test('numbers have three significant digits', () => {
  expect([0, 0.01234, 1.234, 12.34, 123.4, 1234].map(short)).toEqual([
    '0',
    '0.012',
    '1.23',
    '12.3',
    '123',
    '1234',
  ]);
});

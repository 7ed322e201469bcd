import { expect, it } from 'vitest';
import { inOrderOf } from './steady-order.ts';

const order = (before: string[], now: string[]) => inOrderOf(before, now, (row) => row);

it('keeps rows where they stood, drops what is gone and puts what is new behind', () => {
  expect(order(['a', 'b', 'c'], ['c', 'b', 'a'])).toEqual({ rows: ['a', 'b', 'c'], moved: 2 });
  expect(order(['a', 'b', 'c'], ['d', 'c', 'a'])).toEqual({ rows: ['a', 'c', 'd'], moved: 2 });
  expect(order(['a', 'b'], ['a', 'b', 'c'])).toEqual({ rows: ['a', 'b', 'c'], moved: 0 });
});

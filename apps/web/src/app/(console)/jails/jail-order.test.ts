import type { JailSummary } from '@cellblock/shared/views/jail-view';
import { expect, it } from 'vitest';
import { inOrder } from './jail-order.ts';

const jail = (name: string, memoryBytes: number | null) =>
  ({ name, usage: memoryBytes === null ? null : { memoryBytes }, startedAt: null }) as JailSummary;
const names = (key: string, descending: boolean) =>
  inOrder([jail('web-10', 5), jail('web-9', null), jail('web-2', 5), jail('db', 7)], { key, descending }).map(
    (each) => each.name,
  );

it('sorts numbers in names as numbers, and leaves what is not known at the end', () => {
  expect(names('name', false)).toEqual(['db', 'web-2', 'web-9', 'web-10']);
  expect(names('name', true)).toEqual(['web-10', 'web-9', 'web-2', 'db']);
  expect(names('memory', false)).toEqual(['web-2', 'web-10', 'db', 'web-9']);
  expect(names('memory', true)).toEqual(['db', 'web-2', 'web-10', 'web-9']);
  expect(names('no-such-column', false)).toEqual(names('name', false));
});

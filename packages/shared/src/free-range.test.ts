import { expect, test } from 'vitest';
import { freeRange } from './free-range.ts';

test.each([
  [[], '10.0.0.1', '10.0.0.254'],
  [[['10.0.0.10', '10.0.0.20']], '10.0.0.21', '10.0.0.254'],
  [
    [
      ['10.0.0.100', '10.0.0.254'],
      ['10.0.0.1', '10.0.0.9'],
    ],
    '10.0.0.10',
    '10.0.0.99',
  ],
  [
    [
      ['10.0.0.50', '10.0.0.60'],
      ['fd00::1', 'fd00::9'],
    ],
    '10.0.0.61',
    '10.0.0.254',
  ],
] as const)('beside %j it is %s to %s', (pools, first, last) => {
  const ranges = pools.map(([from, to]) => ({ first: from, last: to }));
  expect(freeRange('10.0.0.0/24', ranges)).toEqual({ first, last });
});

test('a subnet that is one pool has none', () => {
  expect(freeRange('10.0.0.0/24', [{ first: '10.0.0.1', last: '10.0.0.254' }])).toBeNull();
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatSize, parseSize } from './size.ts';

test.each([
  ['256M', 268435456],
  ['1G', 1073741824],
  ['512KiB', 524288],
  ['1.5k', 1536],
  ['4096', 4096],
  ['0', 0],
])('%s is %d bytes', (text, bytes) => expect(parseSize(text)).toBe(bytes));

test.each(['', 'M', '-1M', '256Mbit', '1 2', '0x10', '1.3', '9999999999T'])('%j is no size', (text) =>
  expect(parseSize(text)).toBeNull(),
);

test('every size reads back as it was written', () => {
  fc.assert(fc.property(fc.maxSafeNat(), (bytes) => parseSize(formatSize(bytes)) === bytes));
});

import { expect, test } from 'vitest';
import { interfaceMac, objectKey } from './object-key.ts';

const ID = '00000000-0000-4000-8000-0000000000a1';

test('a key is short, stable and made of letters that a path may hold', () => {
  expect(objectKey(ID, 8)).toMatch(/^[a-z2-7]{8}$/);
  expect(objectKey(ID, 6)).toBe(objectKey(ID, 8).slice(0, 6));
  expect(objectKey(ID, 8)).not.toBe(objectKey(ID.replace('a1', 'a2'), 8));
});

test('a MAC is stable, local and of one machine', () => {
  expect(interfaceMac(ID)).toMatch(/^02(:[0-9a-f]{2}){5}$/);
  expect(interfaceMac(ID)).toBe(interfaceMac(ID));
});

import { expect, test } from 'vitest';
import { JailStorage } from './jail-storage.ts';
import { storageText } from './storage-text.ts';

const of = (storage: object, usage: Parameters<typeof storageText>[1] = null) =>
  storageText(JailStorage.parse(storage), usage);
const used = { storageBytes: 3_355_443, storageFiles: 120 };
const [size, inodes] = [10 * 2 ** 30, 20_000];

test('what is used stands beside each end that there is', () => {
  expect(of({ kind: 'directory', size, inodes }, used)).toBe('3.2M of 10G, 120 of 20000 files');
  expect(of({ kind: 'directory', size }, used)).toBe('3.2M of 10G, 120 files');
  expect(of({ kind: 'directory', inodes }, used)).toBe('3.2M, 120 of 20000 files');
  expect(of({ kind: 'directory', size }, { storageBytes: 0, storageFiles: 1 })).toBe('0 of 10G, 1 files');
});

test('where nothing was measured, the end alone is told', () => {
  expect(of({ kind: 'directory', size, inodes })).toBe('a directory that ends at 10G and 20000 files');
  expect(of({ kind: 'directory', inodes }, {})).toBe('a directory that ends at 20000 files');
  expect(of({ kind: 'file', size })).toBe('ext4 of 10G');
  expect(of({ kind: 'file', size, inodes }, used)).toBe('ext4 of 10G and 20000 files');
  expect(of({ kind: 'file', fileSystem: 'xfs', size })).toBe('xfs of 10G');
});

test('without an end nothing is told', () => {
  expect(of({ kind: 'directory' }, used)).toBeNull();
  expect(storageText(undefined, null)).toBeNull();
});

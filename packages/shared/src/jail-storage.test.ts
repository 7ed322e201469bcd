import { expect, test } from 'vitest';
import { boundedDirectory, JailStorage } from './jail-storage.ts';

const MEBIBYTE = 1024 ** 2;
const problem = (storage: unknown) => JailStorage.safeParse(storage).error?.issues[0]?.message ?? null;

test('a file system in a file has a size that it can be made with', () => {
  expect(JailStorage.parse({ kind: 'file', size: 32 * MEBIBYTE })).toEqual({
    kind: 'file',
    fileSystem: 'ext4',
    size: 32 * MEBIBYTE,
    inodes: null,
  });
  expect(problem({ kind: 'file', size: MEBIBYTE })).toContain('below 16 MiB');
  expect(problem({ kind: 'file', fileSystem: 'xfs', size: 299 * MEBIBYTE })).toContain('below 300 MiB');
  expect(problem({ kind: 'file', fileSystem: 'xfs', size: 300 * MEBIBYTE, inodes: 100 })).toContain(
    'ext4 alone',
  );
  expect(problem({ kind: 'file', size: 32 * MEBIBYTE, inodes: 8 })).toContain('below 64');
  expect(problem({ kind: 'file', fileSystem: 'btrfs', size: 2 ** 30 })).not.toBeNull();
});

test('a directory takes what the host has, unless a size or a number of files is named', () => {
  const plain = JailStorage.parse({ kind: 'directory' });
  expect(plain).toEqual({ kind: 'directory', size: null, inodes: null });
  expect(boundedDirectory(plain)).toBeNull();
  expect(boundedDirectory(undefined)).toBeNull();
  expect(boundedDirectory(JailStorage.parse({ kind: 'file', size: 32 * MEBIBYTE }))).toBeNull();
  for (const named of [{ size: 10 * MEBIBYTE }, { inodes: 100 }]) {
    const bounded = JailStorage.parse({ kind: 'directory', ...named });
    expect(boundedDirectory(bounded)).toEqual(bounded);
  }
  expect(problem({ kind: 'directory', size: MEBIBYTE - 65_536 })).toContain('below 1 MiB');
  expect(problem({ kind: 'directory', size: MEBIBYTE + 1 })).toContain('no multiple of 64 KiB');
  expect(problem({ kind: 'directory', inodes: 8 })).toContain('below 64');
});

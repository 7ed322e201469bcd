import { expect, test } from 'vitest';
import { storageOf } from './storage-option.ts';

test('--storage names a file system, its size, and the most files', () => {
  expect(storageOf('ext4:10G')).toEqual({
    kind: 'file',
    fileSystem: 'ext4',
    size: 10 * 2 ** 30,
    inodes: null,
  });
  expect(storageOf('ext4:32M:2048')).toMatchObject({ size: 2 ** 25, inodes: 2048 });
  expect(storageOf('directory:1G')).toEqual({ kind: 'directory', size: 2 ** 30, inodes: null });
  expect(storageOf('directory:1G:500')).toEqual({ kind: 'directory', size: 2 ** 30, inodes: 500 });
  const before = { kind: 'directory', size: 2 ** 30, inodes: 500 } as const;
  const changed = (text: string) => storageOf(text, before);
  expect(changed('directory:2G')).toEqual({ kind: 'directory', size: 2 ** 31, inodes: 500 });
  expect(changed('directory:2G:800')).toMatchObject({ inodes: 800 });
  expect(changed('directory:2G:none')).toMatchObject({ inodes: null });
  expect(changed('ext4:2G')).toMatchObject({ inodes: null });
  for (const wrong of ['10G', 'directory', 'directory:', 'ext4', 'btrfs:1G', 'ext4:much', 'ext4:1G:many'])
    expect(() => storageOf(wrong), wrong).toThrow('is no file system of a size');
});

import { boundedDirectory, type JailStorage } from './jail-storage.ts';
import type { JailUsage } from './jail-usage.ts';
import { sizeText } from './size-text.ts';

/**
 * What a jail's own files may take, and what they take where that is counted: `3.2M of 10G, 120 of 20000 files`. Null:
 * they take what the host's file system has.
 */
export function storageText(
  storage: JailStorage | undefined,
  usage: Pick<JailUsage, 'storageBytes' | 'storageFiles'> | null,
  bytesText: (bytes: number) => string = sizeText,
): string | null {
  if (storage?.kind === 'file') {
    const { fileSystem, size, inodes } = storage;
    return `${fileSystem} of ${bytesText(size)}${inodes === null ? '' : ` and ${inodes} files`}`;
  }
  const bounded = boundedDirectory(storage);
  if (bounded === null) return null;
  const { size, inodes } = bounded;
  const [bytes, files] = [usage?.storageBytes ?? null, usage?.storageFiles ?? null];
  if (bytes === null || files === null) {
    const ends = [size === null ? [] : bytesText(size), inodes === null ? [] : `${inodes} files`].flat();
    return `a directory that ends at ${ends.join(' and ')}`;
  }
  const [mostBytes, mostFiles] = [
    size === null ? '' : ` of ${bytesText(size)}`,
    inodes === null ? '' : ` of ${inodes}`,
  ];
  return `${bytesText(bytes)}${mostBytes}, ${files}${mostFiles} files`;
}

import * as z from 'zod';

const MEBIBYTE = 1024 ** 2;
/** mkfs.xfs makes nothing smaller (xfsprogs 5.19). */
const LEAST_XFS = 300 * MEBIBYTE;

/** The largest block of a file system on Linux: what is a multiple of it is counted exactly everywhere. */
const BLOCK = 65_536;

/**
 * Where a jail's own files lie (requirement H19): a directory of the host's file system, or a file system of its
 * own in a file there, whose size and number of files end inside. A directory with a size or a number of files is a
 * project of its own there (H21): what is in it is counted, and ends at them.
 */
export const JailStorage = z
  .discriminatedUnion('kind', [
    z.object({
      kind: z.literal('directory'),
      /** bytes; null: as many as the host's file system has */
      size: z
        .int()
        .min(MEBIBYTE, 'is below 1 MiB: no system would fit')
        .max(64 * 1024 ** 4, 'is above 64 TiB')
        .multipleOf(BLOCK, 'is no multiple of 64 KiB: write it as 512M or 10G')
        .nullable()
        .default(null),
      /** most files, directories and links; null: as many as the host's file system has */
      inodes: z.int().min(64, 'is below 64: no system would fit').max(4_000_000_000).nullable().default(null),
    }),
    z.object({
      kind: z.literal('file'),
      fileSystem: z.enum(['ext4', 'xfs']).default('ext4'),
      /** bytes; the file takes what is written, up to this */
      size: z
        .int()
        .min(16 * MEBIBYTE, 'is below 16 MiB: a file system needs some of it for itself')
        .max(64 * 1024 ** 4, 'is above 64 TiB'),
      /** most files, directories and links; null: as mkfs has it. ext4 alone */
      inodes: z.int().min(64, 'is below 64: no system would fit').max(4_000_000_000).nullable().default(null),
    }),
  ])
  .refine((storage) => storage.kind !== 'file' || storage.fileSystem !== 'xfs' || storage.size >= LEAST_XFS, {
    path: ['size'],
    message: 'is below 300 MiB, the least of an xfs: make it larger, or choose ext4',
  })
  .refine((storage) => storage.kind !== 'file' || storage.fileSystem !== 'xfs' || storage.inodes === null, {
    path: ['inodes'],
    message: 'is for ext4 alone: xfs makes them as they are needed',
  });
export type JailStorage = z.infer<typeof JailStorage>;
export type FileStorage = Extract<JailStorage, { kind: 'file' }>;
export type DirectoryStorage = Extract<JailStorage, { kind: 'directory' }>;

/** A directory that is to hold no more than so much; null: the storage is none. */
export function boundedDirectory(storage: JailStorage | undefined): DirectoryStorage | null {
  return storage?.kind === 'directory' && (storage.size !== null || storage.inodes !== null) ? storage : null;
}

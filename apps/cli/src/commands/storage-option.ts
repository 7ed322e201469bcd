import type { FileStorage } from '@cellblock/shared/jail-storage';
import { parseSize } from '@cellblock/shared/size';
import { usageError } from '../cli-error.ts';

/** `ext4:10G`, `xfs:1T`, `ext4:10G:20000` with the most files that it may have. */
export function storageOf(text: string): FileStorage {
  const [, fileSystem, sizeText = '', inodes] = /^(ext4|xfs):([^:]+)(?::(\d+))?$/.exec(text) ?? [];
  const size = parseSize(sizeText);
  if ((fileSystem === 'ext4' || fileSystem === 'xfs') && size !== null)
    return { kind: 'file', fileSystem, size, inodes: inodes === undefined ? null : Number(inodes) };
  throw usageError({
    field: '--storage',
    message: `${text} is no file system of a size.`,
    cause: 'It is ext4 or xfs, a colon and a size; for ext4 another colon and the most files may follow.',
    fix: 'Write it as --storage ext4:10G, --storage xfs:1T or --storage ext4:10G:20000',
  });
}

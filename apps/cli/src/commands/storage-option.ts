import type { JailStorage } from '@cellblock/shared/jail-storage';
import { parseSize } from '@cellblock/shared/size';
import { usageError } from '../cli-error.ts';

/**
 * `ext4:10G`, `xfs:1T`, `directory:10G`; `ext4:10G:20000` or `directory:10G:20000` with the most files in it. A
 * directory keeps the most files that it had `before` unless they are named; `directory:10G:none` empties them.
 */
export function storageOf(text: string, before?: JailStorage): JailStorage {
  const [, kind, sizeText = '', files] = /^(ext4|xfs|directory):([^:]+)(?::(\d+|none))?$/.exec(text) ?? [];
  const size = parseSize(sizeText);
  const inodes = files === undefined || files === 'none' ? null : Number(files);
  const kept = files === undefined && before?.kind === 'directory' ? before.inodes : inodes;
  if (size !== null && kind === 'directory') return { kind, size, inodes: kept };
  if (size !== null && (kind === 'ext4' || kind === 'xfs'))
    return { kind: 'file', fileSystem: kind, size, inodes };
  throw usageError({
    field: '--storage',
    message: `${text} is no file system of a size.`,
    cause:
      'It is ext4, xfs or directory, a colon and a size; for ext4 and directory another colon and the most files may follow.',
    fix: 'Write it as --storage ext4:10G, --storage xfs:1T, --storage directory:10G or --storage ext4:10G:20000',
  });
}

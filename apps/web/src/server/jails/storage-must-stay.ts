import { AppError } from '@cellblock/shared/app-error';
import type { JailSettings } from '@cellblock/shared/jail-spec';
import { boundedDirectory, JailStorage } from '@cellblock/shared/jail-storage';

const DIRECTORY = { kind: 'directory', size: null, inodes: null } as const;

/**
 * A jail's files lie where they lie: another storage would be an empty one, or one over them. What a directory may
 * hold can be changed where it was counted from the beginning.
 */
export function storageMustStay(before: JailSettings, after: JailSettings): void {
  const [was, is] = [before.storage ?? DIRECTORY, after.storage ?? DIRECTORY];
  if (JSON.stringify(JailStorage.parse(was)) === JSON.stringify(JailStorage.parse(is))) return;
  if (boundedDirectory(was) && boundedDirectory(is)) return;
  throw new AppError('conflict', 'The storage of a jail is decided when it is made.', {
    field: 'settings.storage',
    cause: `Its files lie in ${placeOf(was)}, and nothing moves them.`,
    fix:
      boundedDirectory(was) && is.kind === 'directory'
        ? 'Name a size that is large enough: --storage directory:1T'
        : 'Make another jail with that storage, copy its files there, then destroy this one',
  });
}

function placeOf(storage: JailStorage): string {
  if (storage.kind === 'file') return `a file with ${storage.fileSystem} of ${storage.size} bytes`;
  return boundedDirectory(storage) ? 'a directory that is counted' : 'a directory that is not counted';
}

import { AppError } from '@cellblock/shared/app-error';
import type { JailSettings } from '@cellblock/shared/jail-spec';

const DIRECTORY = { kind: 'directory' } as const;

/** A jail's files lie where they lie: another storage would be an empty one, or one over them. */
export function storageMustStay(before: JailSettings, after: JailSettings): void {
  const [was, is] = [before.storage ?? DIRECTORY, after.storage ?? DIRECTORY];
  if (JSON.stringify(was) === JSON.stringify(is)) return;
  throw new AppError('conflict', 'The storage of a jail is decided when it is made.', {
    field: 'settings.storage',
    cause: `Its files lie in ${was.kind === 'file' ? `a file with ${was.fileSystem} of ${was.size} bytes` : 'a directory'}, and nothing moves them.`,
    fix: 'Make another jail with that storage, copy its files there, then destroy this one',
  });
}

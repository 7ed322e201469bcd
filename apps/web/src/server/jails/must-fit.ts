import { AppError } from '@cellblock/shared/app-error';
import { JailSeen } from '@cellblock/shared/host-status';
import type { JailSettings } from '@cellblock/shared/jail-spec';
import { storageUseRefusal } from '@cellblock/shared/storage-refusal';

/** Refuses a size of a jail's directory below what lies in it by its last report. */
export function mustFit(
  before: JailSettings,
  after: JailSettings,
  jail: { name: string; seen: unknown },
): void {
  const seen = JailSeen.safeParse(jail.seen);
  const refusal = storageUseRefusal(before.storage, after.storage, {
    jail: jail.name,
    usage: seen.success ? seen.data.usage : null,
  });
  if (refusal === null) return;
  const { field, message, cause, fix } = refusal;
  throw new AppError('conflict', message, { field, cause, fix });
}

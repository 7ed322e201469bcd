import { AppError } from '@cellblock/shared/app-error';
import type { JailSettings } from '@cellblock/shared/jail-spec';
import { PROJECT_QUOTA, storageRefusal } from '@cellblock/shared/storage-refusal';
import { statusOf } from '../networks/reach.ts';

/** Refuses a size of a jail's directory that the host cannot hold it to. */
export function mustCount(host: { name: string; status: unknown }, settings: JailSettings): void {
  const status = statusOf(host);
  const refusal = storageRefusal(settings, {
    name: host.name,
    controllers: status?.facts.controllers,
    check: status?.checks.find(({ id }) => id === PROJECT_QUOTA),
  });
  if (refusal === null) return;
  const { field, message, cause, fix } = refusal;
  throw new AppError('conflict', message, { field, cause, fix });
}

import { AppError } from '@cellblock/shared/app-error';
import { JailSeen } from '@cellblock/shared/host-status';
import type { JailSettings } from '@cellblock/shared/jail-spec';
import { limitRefusal } from '@cellblock/shared/limit-refusal';
import { statusOf } from '../networks/reach.ts';

/** Refuses limits that the host cannot hold, or that are below what the jail uses by its last report. */
export function mustHold(
  host: { name: string; status: unknown },
  settings: JailSettings,
  jail: { name: string; seen: unknown },
): void {
  const seen = JailSeen.safeParse(jail.seen);
  const refusal = limitRefusal(settings.limits, {
    jail: jail.name,
    host: host.name,
    controllers: statusOf(host)?.facts.controllers,
    usage: seen.success ? seen.data.usage : null,
  });
  if (refusal === null) return;
  const { limit, message, cause, fix } = refusal;
  throw new AppError('conflict', message, { field: `settings.limits.${limit}`, cause, fix });
}

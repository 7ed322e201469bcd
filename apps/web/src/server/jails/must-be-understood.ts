import { AppError } from '@cellblock/shared/app-error';
import type { JailSettings } from '@cellblock/shared/jail-spec';
import { laterSettings } from '@cellblock/shared/later-settings';
import { statusOf } from '../networks/reach.ts';

/**
 * Refuses settings that the host's agent does not know: one of the first build, which is told by its report's
 * saying nothing of controllers, drops them when it reads a jail, and would run it without what they protect.
 */
export function mustBeUnderstood(host: { name: string; status: unknown }, settings: JailSettings): void {
  const status = statusOf(host);
  if (!status || status.facts.controllers !== undefined) return;
  const unknown = laterSettings(settings);
  if (unknown.length === 0) return;
  throw new AppError(
    'conflict',
    `Host ${host.name} runs an older build of the agent, which does not know ${unknown.join(', ')}.`,
    {
      field: 'host',
      cause: 'It would leave them out.',
      fix: 'Bring it to this build: cellblock host enroll',
    },
  );
}

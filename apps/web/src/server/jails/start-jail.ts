import { jailCan } from '@cellblock/shared/jail-can';
import type { JailActInput } from '@cellblock/shared/jail-input';
import type { VerbContext } from '../verb-context.ts';
import { actOnJail, nextStart, wantJail } from './act-on-jail.ts';

/** Starts a jail that is stopped or whose process ended. */
export function startJail(ctx: VerbContext, input: JailActInput) {
  return actOnJail(ctx, input, {
    kind: 'jail.start',
    can: jailCan.start,
    done: (name) => `started ${name}`,
    change: async (work, jail, host) => ({
      before: { wanted: jail.wanted, startNumber: jail.startNumber },
      after: { wanted: 'running', startNumber: nextStart(jail) },
      wants: await wantJail(work, jail, host, { state: 'running', startNumber: nextStart(jail) }),
    }),
  });
}

import { jailCan } from '@cellblock/shared/jail-can';
import type { JailActInput } from '@cellblock/shared/jail-input';
import type { VerbContext } from '../verb-context.ts';
import { actOnJail, nextStart, wantJail } from './act-on-jail.ts';

/** Stops a jail, when it runs, and starts it anew. */
export function restartJail(ctx: VerbContext, input: JailActInput) {
  return actOnJail(ctx, input, {
    kind: 'jail.restart',
    can: jailCan.restart,
    done: (name) => `restarted ${name}`,
    change: async (work, jail, host) => ({
      before: { wanted: jail.wanted, startNumber: jail.startNumber },
      after: { wanted: 'running', startNumber: nextStart(jail) },
      wants: await wantJail(work, jail, host, { state: 'running', startNumber: nextStart(jail) }),
    }),
  });
}

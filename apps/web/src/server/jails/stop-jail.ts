import { jailCan } from '@cellblock/shared/jail-can';
import type { JailActInput } from '@cellblock/shared/jail-input';
import type { VerbContext } from '../verb-context.ts';
import { actOnJail, wantJail } from './act-on-jail.ts';

/** Stops a jail; its addresses stay its own. */
export function stopJail(ctx: VerbContext, input: JailActInput) {
  return actOnJail(ctx, input, {
    kind: 'jail.stop',
    can: jailCan.stop,
    done: (name) => `stopped ${name}`,
    change: async (work, jail, host) => ({
      before: { wanted: jail.wanted },
      after: { wanted: 'stopped' },
      wants: await wantJail(work, jail, host, { state: 'stopped' }),
    }),
  });
}

import type { JailActInput } from '@cellblock/shared/jail-input';
import type { VerbContext } from '../verb-context.ts';
import { actOnJail, wantJail } from './act-on-jail.ts';

/**
 * What was wanted of a jail is wanted again, start number included: a jail that its host has left alone is
 * left alone. One that was started meanwhile has a higher number, and stays as it is.
 */
export function wantAsBefore(
  ctx: VerbContext,
  input: JailActInput,
  before: { state: 'running' | 'stopped' | 'destroyed'; startNumber: number },
) {
  return actOnJail(ctx, input, {
    kind: before.state === 'running' ? 'jail.start' : 'jail.stop',
    can: () => null,
    done: (name) => `wants ${name} ${before.state} again, as before`,
    change: async (work, jail, host) => ({
      before: { wanted: jail.wanted, startNumber: jail.startNumber },
      after: { wanted: before.state, startNumber: before.startNumber },
      wants: await wantJail(work, jail, host, before),
    }),
  });
}

import type { HostState, JailState } from '../host-state.ts';
import { raisedLimits, sameResourceLimits } from '../resource-limits-change.ts';
import type { Step } from '../step.ts';
import { about } from './jail-surroundings-steps.ts';
import type { WantedJail } from './wanted.ts';

/**
 * Limits of a running jail's processes. Where the host's root may not raise one, a change that would have to waits
 * as a whole for the next start, as it was told to whoever made it; one that did not come to its end is done again
 * in any case.
 */
export function processLimits(jail: WantedJail, seen: JailState | undefined, state: HostState): Step[] {
  const process = seen?.process;
  const { stop, start, up } = jail.life;
  if (process?.state !== 'running' || !up || stop || start !== null) return [];
  const running = process.resourceLimits;
  const limits = jail.spec.settings.resourceLimits;
  if (running === undefined) return [];
  if (running !== null) {
    if (sameResourceLimits(running, limits)) return [];
    if (state.raisesLimits !== true && raisedLimits(running, limits).length > 0) return [];
  }
  return [{ kind: 'process.limits', ...about(jail), limits }];
}

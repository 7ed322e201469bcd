import { jailsOf } from '@cellblock/shared/host-spec';
import type { HostState } from '@cellblock/shared/host-state';
import type { Problem } from '@cellblock/shared/host-status';
import type { AcceptedSpec } from './accepted-spec.ts';

/** A jail of ours that runs though no spec names it is touched by nobody, and somebody should know. */
export function strangers(state: HostState, accepted: AcceptedSpec): Problem[] {
  const keys = new Set(jailsOf(accepted.spec).map((jail) => jail.key));
  return state.jails
    .filter((jail) => jail.process?.state === 'running' && !keys.has(jail.key))
    .map((jail) => ({
      key: `jail/${jail.key}`,
      step: 'look at what runs',
      code: null,
      message: `a jail with key ${jail.key} runs here and no spec names it`,
      fix: 'restore it in the dashboard, or on the host: cellblock agent purge',
      cause: null,
      generation: accepted.spec.generation,
      at: state.at,
      attempts: 0,
      nextTryAt: null,
    }));
}

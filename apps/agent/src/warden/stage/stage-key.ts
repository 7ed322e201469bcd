import { type HostSpec, jailsOf } from '@cellblock/shared/host-spec';

const PREFIX = 'onstage';
const LETTERS = 'abcdefghijklmnopqrstuvwxyz234567';

/** Keys of throw-away jails, in the form of all keys: whatever finds an agent's objects finds them too. */
export const STAGE_KEYS: readonly string[] = [...LETTERS].map((letter) => `${PREFIX}${letter}`);

/** Whether a jail is on the stage: no spec names it, no plan is about it, and it is taken away by itself. */
export function isOnStage(jailKey: string, spec: HostSpec): boolean {
  // A key is a hash: one of 2^35 jails could be called so, and would be no throw-away.
  return jailKey.startsWith(PREFIX) && !jailsOf(spec).some(({ key }) => key === jailKey);
}

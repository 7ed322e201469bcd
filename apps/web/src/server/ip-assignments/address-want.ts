import type { ChangedHost } from '../change-fleet.ts';
import type { FoundJail } from '../find-object.ts';
import type { Want } from '../tasks/want.ts';

/**
 * What counts as done when a jail is given an address: its host has it in the kernel. A jail that is to be
 * stopped carries none; there it is enough that the host has accepted it.
 */
export function addressWant(
  jail: FoundJail,
  hosts: ReadonlyMap<string, ChangedHost>,
  assignment: string,
): Want {
  if (jail.wanted === 'running') return { type: 'address', id: assignment, want: 'present' };
  return {
    type: 'jail',
    id: jail.id,
    want: 'configured',
    startNumber: jail.startNumber,
    host: jail.hostId,
    generation: hosts.get(jail.hostId)?.generation ?? 0,
  };
}

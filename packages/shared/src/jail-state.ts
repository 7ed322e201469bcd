import type { JailSeen } from './host-status.ts';
import type { JailState } from './views/jail-view.ts';

/** What the words of a jail's state are made from. */
export interface JailTruths {
  wanted: { state: 'running' | 'stopped' | 'destroyed'; startNumber: number };
  seen: Pick<JailSeen, 'state' | 'startNumber'> | null;
  /** its host is silent, locked or was never heard of */
  hostUnknown: boolean;
}

/** One word for a person. Nothing is `running` that a host has not said to be, lately. */
export function jailState({ wanted, seen, hostUnknown }: JailTruths): JailState {
  if (seen === null) return wanted.state === 'destroyed' ? 'destroying' : 'wanted';
  if (hostUnknown) return 'unknown';
  if (wanted.state === 'destroyed') return seen.state === 'destroyed' ? 'destroyed' : 'destroying';
  if (wanted.state === 'stopped') return seen.state === 'running' ? 'stopping' : seenWord(seen.state);
  if (seen.startNumber < wanted.startNumber) return 'starting';
  return seenWord(seen.state);
}

/** Whether the host's report is what is wanted. */
export function jailConverged({ wanted, seen, hostUnknown }: JailTruths): boolean {
  if (seen === null || hostUnknown) return false;
  if (wanted.state !== 'running') return seen.state === wanted.state || isDown(wanted.state, seen.state);
  return seen.state === 'running' && seen.startNumber >= wanted.startNumber;
}

function isDown(wanted: 'stopped' | 'destroyed', seen: JailSeen['state']): boolean {
  return wanted === 'stopped' && (seen === 'failed' || seen === 'destroyed');
}

function seenWord(state: JailSeen['state']): JailState {
  return state === 'destroyed' ? 'stopped' : state;
}

import { jailCan } from '@cellblock/shared/jail-can';
import type { JailView } from '@cellblock/shared/views/jail-view';

export type JailAct = 'start' | 'stop' | 'restart' | 'restore' | 'destroy';

/** Why an act makes no sense for the jail as it is; null if it does. A silent host is no reason: the change waits. */
export function actReason(jail: JailView, act: JailAct): string | null {
  const hold = jail.seen?.hold;
  if (hold) return `Held at the host by ${hold.by}: ${hold.reason}. Only root there can let it go.`;
  return jailCan[act](jail)?.message ?? null;
}

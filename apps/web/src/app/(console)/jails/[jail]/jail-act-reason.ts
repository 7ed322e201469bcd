import type { JailView } from '@cellblock/shared/views/jail-view';

/** Why an act makes no sense for the jail as it is; null if it does. A silent host is no reason: the change waits. */
export function actReason(
  jail: JailView,
  act: 'start' | 'stop' | 'restart' | 'destroy' | 'restore',
): string | null {
  const hold = jail.seen?.hold;
  if (hold) return `Held at the host by ${hold.by}: ${hold.reason}. Only root there can let it go.`;
  const gone = jail.state === 'destroyed' || jail.state === 'destroying';
  if (act === 'restore') {
    if (!gone) return `${jail.name} is not destroyed.`;
    return jail.restorableUntil ? null : 'Its disk is gone: it was purged or its time to restore is over.';
  }
  if (gone) return `${jail.name} is destroyed. Restore it first.`;
  if (act === 'start' && jail.wanted.state === 'running') return `${jail.name} is wanted running already.`;
  if ((act === 'stop' || act === 'restart') && jail.wanted.state === 'stopped')
    return `${jail.name} is wanted stopped already.`;
  return null;
}

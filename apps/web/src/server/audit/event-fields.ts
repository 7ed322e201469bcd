import { actorName } from '@cellblock/shared/actor';
import type { AuditEventView } from '@cellblock/shared/audit-event';
import type { FilterFields } from '@cellblock/shared/filter';

/** What the history can be asked by: `actor:mira action:ip.* object:10.0.0.5 outcome:failed`. */
export const EVENT_FIELDS: FilterFields<AuditEventView> = {
  actor: (event) => [actorName(event.actor), ...('name' in event.actor ? [event.actor.name] : [])],
  action: (event) => event.kind,
  kind: (event) => event.kind,
  phase: (event) => event.phase,
  outcome: (event) => event.outcome ?? event.latestOutcome ?? (event.phase === 'refusal' ? 'refused' : null),
  object: (event) => [event.object.name, event.object.id],
  type: (event) => event.object.type,
  host: (event) => event.host?.name,
  ip: (event) => addressesIn(event),
  jail: (event) => jailsIn(event),
  source: (event) => event.sourceAddress,
  session: (event) => event.sessionId,
  credential: (event) => event.credential,
  request: (event) => event.requestId,
  reason: (event) => event.reason,
  task: (event) => event.task,
  seq: (event) => event.seq,
  at: (event) => new Date(event.at),
  text: (event) => event.summary,
};

function addressesIn(event: AuditEventView): string[] {
  const own = event.object.type === 'address' ? [event.object.name] : [];
  return [
    ...own,
    ...[event.before, event.after].flatMap((side) => stringsOf(side, ['address', 'addresses'])),
  ];
}

function jailsIn(event: AuditEventView): string[] {
  const own = event.object.type === 'jail' ? [event.object.name] : [];
  return [...own, ...[event.before, event.after].flatMap((side) => stringsOf(side, ['jail']))];
}

function stringsOf(value: unknown, keys: string[]): string[] {
  if (value === null || typeof value !== 'object') return [];
  return keys
    .flatMap((key) => (value as Record<string, unknown>)[key])
    .filter((one): one is string => typeof one === 'string');
}

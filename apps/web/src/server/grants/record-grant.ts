import type { AuditKind, AuditOutcome } from '@cellblock/shared/audit-event';
import { newEventId } from '../audit/event-id.ts';
import { recordEvent } from '../audit/record-event.ts';
import type { Tx } from '../db.ts';
import { notifyChanges } from '../fleet-topics.ts';
import type { VerbContext } from '../verb-context.ts';

export interface NamedGrant {
  id: string;
  viewer: { id: string; name: string };
  target: { id: string; name: string };
  host: { id: string; name: string };
}

/** How a grant, or the end of one, came out: the outcome of `intent`. */
export async function recordGrantOutcome(
  tx: Tx,
  ctx: VerbContext,
  grant: NamedGrant,
  o: { kind: AuditKind; intent: string; outcome: AuditOutcome; summary: string; after: object },
): Promise<void> {
  await recordEvent(tx, ctx, {
    id: newEventId(),
    kind: o.kind,
    phase: 'outcome',
    outcome: o.outcome,
    intent: o.intent,
    object: { type: 'jail', ...grant.viewer },
    host: grant.host,
    summary: o.summary,
    after: o.after,
    about: [grant.target.id],
  });
  await notifyChanges(tx, ['audit', `jail/${grant.viewer.id}`, `jail/${grant.target.id}`]);
}

import { actorName } from '@cellblock/shared/actor';
import type { Refusal } from '@cellblock/shared/app-error';
import type { AuditKind, ObjectRef } from '@cellblock/shared/audit-event';
import type { Db } from '../db.ts';
import { notifyChanges } from '../fleet-topics.ts';
import { appendLeaves } from './append-leaves.ts';
import { newEventId } from './event-id.ts';
import { type Author, recordEvent } from './record-event.ts';

/** A refusal is part of the history: it has a transaction of its own, since the one it stopped is gone. */
export async function recordRefusal(
  ctx: Author & { db: Db },
  kind: AuditKind,
  object: ObjectRef,
  refusal: Refusal,
): Promise<void> {
  await ctx.db.$transaction(async (tx) => {
    await recordEvent(tx, ctx, {
      id: newEventId(),
      kind,
      phase: 'refusal',
      object,
      host: null,
      summary: `${actorName(ctx.actor)} was refused ${kind} of ${object.name}: ${refusal.message}`,
      refusal: { ...refusal, requestId: ctx.requestId },
    });
    await notifyChanges(tx, ['audit']);
  });
  await appendLeaves(ctx.db);
}

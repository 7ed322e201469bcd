import { randomUUID } from 'node:crypto';
import type { AuditKind } from '@cellblock/shared/audit-event';
import type { Db } from '../db.ts';
import { notifyChanges } from '../fleet-topics.ts';
import { appendLeaves } from './append-leaves.ts';
import { newEventId } from './event-id.ts';
import { recordEvent } from './record-event.ts';

/** Taken by whoever looks: any number that only this code uses. */
const LOOKER_LOCK = 7_227_002;

/** Longer than an image takes that is made, and than a host is silent that still tests a row. */
const IMAGE_MS = 3_600_000;
const ANSWERS_MS = 15 * 60_000;

/**
 * Writes into the history that nobody heard how an order to a host ended: the process that listened is gone, and the
 * host has nobody to tell. One that is heard of after all has a later outcome. Answers how many.
 */
export async function recordLostEnds(db: Db, now = new Date()): Promise<number> {
  const recorded = await db.$transaction(async (tx) => {
    // Other dashboards look too: of two that see the same one, the second sees what the first wrote.
    await tx.$queryRaw`SELECT pg_advisory_xact_lock(${LOOKER_LOCK})::text`;
    const lost = await tx.$queryRaw<{ id: string }[]>`
      SELECT e.id FROM audit_event e
      WHERE e.object_type = 'host' AND e.phase = 'intent'
        AND (e.kind IN ('image.bootstrap', 'image.pull', 'image.upload')
               AND e.at < ${new Date(now.getTime() - IMAGE_MS)}::timestamptz
          OR e.kind = 'answers.run' AND e.at < ${new Date(now.getTime() - ANSWERS_MS)}::timestamptz
               AND NOT EXISTS (SELECT 1 FROM answers_run r WHERE r.intent = e.id
                               AND r.heard_at >= ${new Date(now.getTime() - ANSWERS_MS)}::timestamptz))
        AND NOT EXISTS (SELECT 1 FROM audit_event o WHERE o.intent = e.id)
      ORDER BY e.at LIMIT 100`;
    const intents = await tx.auditEvent.findMany({
      where: { id: { in: lost.map(({ id }) => id) } },
      include: { details: { where: { field: { in: ['object', 'summary'] } } } },
    });
    for (const { id, kind, objectId, details } of intents) {
      const told = (field: string) => String(details.find((each) => each.field === field)?.value ?? '');
      const host = { id: objectId, name: told('object') };
      const author = {
        actor: { type: 'system' as const, name: 'cellblock' },
        ...{ session: null, sourceAddress: null, requestId: randomUUID() },
      };
      await recordEvent(tx, author, {
        id: newEventId(),
        kind: kind as AuditKind,
        phase: 'outcome',
        outcome: 'unknown',
        intent: id,
        object: { type: 'host', ...host },
        host,
        summary: `nobody heard what came of it: ${told('summary')}`,
      });
    }
    if (intents.length > 0)
      await notifyChanges(tx, ['audit', ...intents.map((each) => `host/${each.objectId}`)]);
    return intents.length;
  });
  if (recorded > 0) await appendLeaves(db);
  return recorded;
}

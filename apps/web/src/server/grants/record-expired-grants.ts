import { randomUUID } from 'node:crypto';
import { appendLeaves } from '../audit/append-leaves.ts';
import type { Db } from '../db.ts';
import type { VerbContext } from '../verb-context.ts';
import { recordGrantOutcome } from './record-grant.ts';

/**
 * Writes into the history that a permission ended by its own time. The host has ended it by its own clock, whether
 * this dashboard was there or not. Answers how many.
 */
export async function recordExpiredGrants(db: Db, now = new Date()): Promise<number> {
  const over = await db.sightGrant.findMany({ where: { endedAt: null, until: { lte: now } } });
  let recorded = 0;
  for (const grant of over) {
    const jails = await db.jail.findMany({
      where: { id: { in: [grant.viewerId, grant.targetId] } },
      select: { id: true, name: true, host: { select: { id: true, name: true } } },
    });
    const viewer = jails.find(({ id }) => id === grant.viewerId);
    const target = jails.find(({ id }) => id === grant.targetId);
    if (!viewer || !target) continue;
    const ctx: VerbContext = {
      db,
      actor: { type: 'system', name: 'cellblock' },
      role: null,
      session: null,
      sourceAddress: null,
      requestId: randomUUID(),
    };
    recorded += await db.$transaction(async (tx) => {
      // Another dashboard may be at it too: whoever ends the row writes the event.
      const mine = await tx.sightGrant.updateMany({
        where: { id: grant.id, endedAt: null },
        data: { endedAt: grant.until, ended: 'expired' },
      });
      if (mine.count === 0) return 0;
      await recordGrantOutcome(
        tx,
        ctx,
        { id: grant.id, viewer: pick(viewer), target: pick(target), host: viewer.host },
        {
          kind: 'grant.expire',
          intent: grant.id,
          outcome: 'applied',
          summary: `the time is over in which ${viewer.name} sees the processes of ${target.name}`,
          after: { target: target.name, until: grant.until.toISOString() },
        },
      );
      return 1;
    });
  }
  if (recorded > 0) await appendLeaves(db);
  return recorded;
}

const pick = ({ id, name }: { id: string; name: string }) => ({ id, name });

import { appendLeaves } from '../audit/append-leaves.ts';
import { bySystem } from '../by-system.ts';
import type { Db } from '../db.ts';
import { partiesOf } from './parties-of.ts';
import { recordGrantOutcome } from './record-grant.ts';

/**
 * Writes into the history that a permission ended by its own time. The host has ended it by its own clock, whether
 * this dashboard was there or not. Answers how many.
 */
export async function recordExpiredGrants(db: Db, now = new Date()): Promise<number> {
  const over = await db.sightGrant.findMany({ where: { endedAt: null, until: { lte: now } } });
  let recorded = 0;
  for (const grant of over) {
    const named = await partiesOf(db, grant);
    if (named === null) continue;
    const { viewer, target } = named;
    const ctx = bySystem(db);
    recorded += await db.$transaction(async (tx) => {
      // Another dashboard may be at it too: whoever ends the row writes the event.
      const mine = await tx.sightGrant.updateMany({
        where: { id: grant.id, endedAt: null },
        data: { endedAt: grant.until, ended: 'expired' },
      });
      if (mine.count === 0) return 0;
      await recordGrantOutcome(tx, ctx, named, {
        kind: 'grant.expire',
        intent: grant.id,
        outcome: 'applied',
        summary: `the time is over in which ${viewer.name} sees the processes of ${target.name}`,
        after: { target: target.name, until: grant.until.toISOString() },
      });
      if (grant.revokeEvent !== null) {
        await recordGrantOutcome(tx, ctx, named, {
          kind: 'grant.revoke',
          intent: grant.revokeEvent,
          outcome: 'superseded',
          summary: `its time was over before host ${named.host.name} could be told that ${viewer.name} sees the processes of ${target.name} no longer`,
          after: { target: target.name },
        });
      }
      return 1;
    });
  }
  if (recorded > 0) await appendLeaves(db);
  return recorded;
}

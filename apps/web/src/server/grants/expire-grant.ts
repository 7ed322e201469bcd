import { bySystem } from '../by-system.ts';
import type { Db, Tx } from '../db.ts';
import { type NamedGrant, recordGrantOutcome } from './record-grant.ts';

/** A permission whose own time is over, as its row says. */
interface OverdueGrant {
  id: string;
  until: Date;
  revokeEvent: string | null;
}

/**
 * Ends the row of a permission whose own time is over, with the events that belong to it: that it ended, and that a
 * revocation which its host has not heard of came too late. Answers whether it was this call that ended it.
 */
export async function expireGrant(
  tx: Tx,
  db: Db,
  grant: OverdueGrant,
  named: Omit<NamedGrant, 'id'>,
): Promise<boolean> {
  // Another dashboard may be at it too: whoever ends the row writes the event.
  const mine = await tx.sightGrant.updateMany({
    where: { id: grant.id, endedAt: null },
    data: { endedAt: grant.until, ended: 'expired' },
  });
  if (mine.count === 0) return false;
  const ctx = bySystem(db);
  const of = { ...named, id: grant.id };
  const { viewer, target, host } = named;
  await recordGrantOutcome(tx, ctx, of, {
    kind: 'grant.expire',
    intent: grant.id,
    outcome: 'applied',
    summary: `the time is over in which ${viewer.name} sees the processes of ${target.name}`,
    after: { target: target.name, until: grant.until.toISOString() },
  });
  if (grant.revokeEvent !== null) {
    await recordGrantOutcome(tx, ctx, of, {
      kind: 'grant.revoke',
      intent: grant.revokeEvent,
      outcome: 'superseded',
      summary: `its time was over before host ${host.name} could be told that ${viewer.name} sees the processes of ${target.name} no longer`,
      after: { target: target.name },
    });
  }
  return true;
}

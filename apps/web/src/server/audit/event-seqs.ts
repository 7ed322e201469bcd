import type { Db, Tx } from '../db.ts';

/** Numbers of events; one that the appender has not reached yet is not in the map. */
export async function seqsOf(db: Db | Tx, events: string[]): Promise<Map<string, number>> {
  const leaves = await db.auditLeaf.findMany({
    where: { eventId: { in: events } },
    select: { eventId: true, seq: true },
  });
  return new Map(leaves.map((leaf) => [leaf.eventId, Number(leaf.seq)]));
}

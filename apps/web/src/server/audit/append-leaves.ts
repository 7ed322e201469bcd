import type { Db } from '../db.ts';

/** Taken by the one appender: any number that only this code uses. */
const APPENDER_LOCK = 7_227_001;

/**
 * Gives every event that has none yet its dense number, in the order of their moments. One appender at a
 * time, whichever process it runs in; called after each change and by the dashboard's loop, so that an
 * event of a process that died in between gets its number too.
 */
export async function appendLeaves(db: Db): Promise<number> {
  return await db.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT pg_advisory_xact_lock(${APPENDER_LOCK})::text`;
    const numbered = await tx.$executeRaw`
      WITH batch AS (
        DELETE FROM audit_pending WHERE event_id IN (
          SELECT p.event_id FROM audit_pending p JOIN audit_event e ON e.id = p.event_id
          ORDER BY e.at, e.id LIMIT 256)
        RETURNING event_id
      )
      INSERT INTO audit_leaf (seq, event_id, leaf, hash)
      SELECT coalesce((SELECT max(seq) FROM audit_leaf), 0) + row_number() OVER (ORDER BY e.at, e.id),
        e.id, convert_to(e.leaf, 'UTF8'), sha256('\\x00'::bytea || convert_to(e.leaf, 'UTF8'))
      FROM batch JOIN audit_event e ON e.id = batch.event_id
      ORDER BY e.at, e.id`;
    if (numbered > 0) globalThis.crashHere?.('dashboard numbered events');
    return numbered;
  });
}

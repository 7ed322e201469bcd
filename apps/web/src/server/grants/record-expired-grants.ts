import { appendLeaves } from '../audit/append-leaves.ts';
import type { Db } from '../db.ts';
import { expireGrant } from './expire-grant.ts';
import { partiesOf } from './parties-of.ts';

/**
 * How long beyond its time a permission that was revoked waits for its host to say that it has ended it: longer than
 * two clocks differ that anybody has set.
 */
const HEARD_WITHIN_MS = 24 * 3_600_000;

/**
 * Writes into the history that a permission ended by its own time. The host has ended it by its own clock, whether
 * this dashboard was there or not. One that was revoked must not last by a host's clock that is behind: its host is
 * told first, if it comes within a day (decision 30). Answers how many.
 */
export async function recordExpiredGrants(db: Db, now = new Date()): Promise<number> {
  const over = await db.sightGrant.findMany({
    where: {
      endedAt: null,
      OR: [
        { revokeEvent: null, until: { lte: now } },
        { until: { lte: new Date(now.getTime() - HEARD_WITHIN_MS) } },
      ],
    },
  });
  let recorded = 0;
  for (const grant of over) {
    const named = await partiesOf(db, grant);
    if (named === null) continue;
    if (await db.$transaction((tx) => expireGrant(tx, db, grant, named))) recorded += 1;
  }
  if (recorded > 0) await appendLeaves(db);
  return recorded;
}

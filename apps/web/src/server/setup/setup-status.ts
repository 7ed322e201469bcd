import type { Db } from '../db.ts';

/** How far set-up is. Before anybody has signed in, this is all that is told. */
export async function setupStatus(db: Db) {
  const installation = await db.installation.findFirstOrThrow();
  return {
    claimed: installation.claimedAt !== null,
    hosts: await db.host.count({ where: { approvedAt: { not: null }, removedAt: null } }),
    networks: await db.network.count({ where: { removedAt: null } }),
    jails: await db.jail.count({ where: { destroyedAt: null } }),
  };
}

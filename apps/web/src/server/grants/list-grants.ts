import type { GrantView } from '@cellblock/shared/views/grant-view';
import type { Db } from '../db.ts';
import { findJail } from '../find-object.ts';

const MOST = 500;

interface Asked {
  ended: boolean;
  /** those that lead from it or to it */
  jail?: string | undefined;
}

/** Those that hold, or all with how they ended; newest first. */
export async function listGrants(db: Db, { ended, jail }: Asked): Promise<GrantView[]> {
  const id = jail === undefined ? undefined : (await findJail(db, jail)).id;
  const grants = await db.sightGrant.findMany({
    where: {
      ...(ended ? {} : { endedAt: null }),
      ...(id && { OR: [{ viewerId: id }, { targetId: id }] }),
    },
    orderBy: { grantedAt: 'desc' },
    take: MOST,
  });
  const ids = grants.flatMap(({ viewerId, targetId }) => [viewerId, targetId]);
  const jails = await db.jail.findMany({
    where: { id: { in: ids } },
    select: { id: true, name: true, host: { select: { name: true } } },
  });
  const jailOf = new Map(jails.map((jail) => [jail.id, jail]));
  return grants.map((grant) => ({
    id: grant.id,
    viewer: jailOf.get(grant.viewerId)?.name ?? grant.viewerId,
    target: jailOf.get(grant.targetId)?.name ?? grant.targetId,
    host: jailOf.get(grant.viewerId)?.host.name ?? grant.hostId,
    by: grant.by,
    grantedAt: grant.grantedAt.toISOString(),
    until: grant.until.toISOString(),
    revoking:
      grant.endedAt === null && grant.revokeBy !== null && grant.revokeAskedAt !== null
        ? { by: grant.revokeBy, at: grant.revokeAskedAt.toISOString() }
        : null,
    ended: grant.ended as GrantView['ended'],
    endedAt: grant.endedAt?.toISOString() ?? null,
  }));
}

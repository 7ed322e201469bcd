import type { Db } from '../db.ts';
import type { NamedGrant } from './record-grant.ts';

/** Whom a permission is between, by name; null: one of them is there no more. */
export async function partiesOf(
  db: Db,
  grant: { id: string; viewerId: string; targetId: string },
): Promise<NamedGrant | null> {
  const jails = await db.jail.findMany({
    where: { id: { in: [grant.viewerId, grant.targetId] } },
    select: { id: true, name: true, host: { select: { id: true, name: true } } },
  });
  const viewer = jails.find(({ id }) => id === grant.viewerId);
  const target = jails.find(({ id }) => id === grant.targetId);
  if (!viewer || !target) return null;
  const named = ({ id, name }: { id: string; name: string }) => ({ id, name });
  return { id: grant.id, viewer: named(viewer), target: named(target), host: viewer.host };
}

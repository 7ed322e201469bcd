import { actorName } from '@cellblock/shared/actor';
import type { RequestContext } from '../api/request-context.ts';

/** Who the caller is; `user` is null where nobody has signed in. */
export async function whoAmI(ctx: RequestContext) {
  const { db, identity, services } = ctx;
  const { claimedAt, name } = await db.installation.findFirstOrThrow();
  const installation = { name, version: services.env.version, claimed: claimedAt !== null };
  if (identity === null) return { user: null, installation };
  const { actor, role } = identity;
  const person =
    actor.type === 'user'
      ? await db.user.findUnique({ where: { id: actor.id }, select: { twoFactorEnabled: true } })
      : null;
  return {
    user: {
      id: actor.type === 'user' || actor.type === 'token' ? actor.id : actor.type,
      name: actorName(actor),
      role,
      twoFactor: person?.twoFactorEnabled ?? false,
    },
    installation,
  };
}

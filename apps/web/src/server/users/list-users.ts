import { Role } from '@cellblock/shared/role';
import type { Db } from '../db.ts';

/** People, and those who were invited and have not come yet. */
export async function listUsers(db: Db) {
  const users = await db.user.findMany({
    orderBy: { username: 'asc' },
    include: {
      sessions: { orderBy: { updatedAt: 'desc' }, take: 1 },
      _count: { select: { passkeys: true } },
    },
  });
  const invites = await db.invite.findMany({
    where: { acceptedAt: null, expiresAt: { gt: new Date() } },
    orderBy: { name: 'asc' },
  });
  return [
    ...users.map((user) => ({
      id: user.id as string | null,
      name: user.username,
      role: Role.parse(user.role),
      twoFactor: user.twoFactorEnabled,
      passkeys: user._count.passkeys,
      createdAt: user.createdAt.toISOString(),
      lastSeenAt: user.sessions[0]?.updatedAt.toISOString() ?? null,
      invited: null as { by: string; expiresAt: string } | null,
    })),
    ...invites.map((invite) => ({
      id: null,
      name: invite.name,
      role: Role.parse(invite.role),
      twoFactor: false,
      passkeys: 0,
      createdAt: invite.createdAt.toISOString(),
      lastSeenAt: null,
      invited: { by: invite.invitedBy, expiresAt: invite.expiresAt.toISOString() },
    })),
  ];
}

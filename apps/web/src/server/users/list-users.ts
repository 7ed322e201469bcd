import { Role } from '@cellblock/shared/role';
import type { Db } from '../db.ts';

/** People with how and when they came, and those who were invited and have not come yet. */
export async function listUsers(db: Db) {
  const users = await db.user.findMany({
    orderBy: { username: 'asc' },
    include: {
      sessions: { where: { expiresAt: { gt: new Date() } }, orderBy: { updatedAt: 'desc' } },
      _count: { select: { passkeys: true, tokens: true } },
    },
  });
  const invites = await db.invite.findMany({
    where: { acceptedAt: null, expiresAt: { gt: new Date() } },
    orderBy: { name: 'asc' },
  });
  const signIns = await lastSignIns(db);
  return [
    ...users.map((user) => ({
      id: user.id as string | null,
      name: user.username,
      role: Role.parse(user.role),
      twoFactor: user.twoFactorEnabled,
      passkeys: user._count.passkeys,
      tokens: user._count.tokens,
      createdAt: user.createdAt.toISOString(),
      lastSeenAt: user.sessions[0]?.updatedAt.toISOString() ?? null,
      lastSignInAt: signIns.get(user.id)?.toISOString() ?? null,
      sessions: user.sessions.map((session) => ({
        credential: session.credential,
        from: session.ipAddress,
        agent: session.userAgent,
        beganAt: session.createdAt.toISOString(),
        lastUsedAt: session.updatedAt.toISOString(),
      })),
      invited: null as { by: string; expiresAt: string } | null,
    })),
    ...invites.map((invite) => ({
      id: null,
      name: invite.name,
      role: Role.parse(invite.role),
      twoFactor: false,
      passkeys: 0,
      tokens: 0,
      createdAt: invite.createdAt.toISOString(),
      lastSeenAt: null,
      lastSignInAt: null,
      sessions: [],
      invited: { by: invite.invitedBy, expiresAt: invite.expiresAt.toISOString() },
    })),
  ];
}

/** Sessions are gone when they end; the history keeps when they began. */
async function lastSignIns(db: Db): Promise<Map<string, Date>> {
  const groups = await db.auditEvent.groupBy({
    by: ['actorId'],
    where: { kind: 'session.sign-in', phase: 'intent', actorType: 'user' },
    _max: { at: true },
  });
  return new Map(groups.flatMap(({ actorId, _max }) => (_max.at ? [[actorId, _max.at] as const] : [])));
}

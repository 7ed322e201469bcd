import { Role } from '@cellblock/shared/role';
import type { Db } from '../db.ts';

export async function listTokens(db: Db) {
  const tokens = await db.apiToken.findMany({ orderBy: { name: 'asc' } });
  return tokens.map((token) => ({
    name: token.name,
    role: Role.parse(token.role),
    owner: token.ownerName,
    createdAt: token.createdAt.toISOString(),
    expiresAt: token.expiresAt.toISOString(),
    lastUsedAt: token.lastUsedAt?.toISOString() ?? null,
    lastUsedFrom: token.lastUsedFrom,
  }));
}

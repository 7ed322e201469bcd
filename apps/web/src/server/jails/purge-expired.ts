import { randomUUID } from 'node:crypto';
import type { Db } from '../db.ts';
import { destroyJail } from './destroy-jail.ts';
import { QUARANTINE_MS } from './quarantine.ts';

/** Purges what has been in quarantine for its time. Called by the dashboard's loop; answers how many. */
export async function purgeExpired(db: Db, now = new Date()): Promise<number> {
  const expired = await db.jail.findMany({
    where: {
      goneAt: null,
      purge: false,
      wanted: 'destroyed',
      destroyedAt: { lte: new Date(now.getTime() - QUARANTINE_MS) },
    },
    select: { id: true },
  });
  for (const { id } of expired) {
    const ctx = {
      db,
      actor: { type: 'system' as const, name: 'quarantine' },
      role: null,
      session: null,
      sourceAddress: null,
      requestId: randomUUID(),
    };
    await destroyJail(ctx, { jail: id, purge: true });
  }
  return expired.length;
}

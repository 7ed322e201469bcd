import { randomUUID } from 'node:crypto';
import type { Db } from '../db.ts';
import { destroyJail } from './destroy-jail.ts';
import { QUARANTINE_MS } from './quarantine.ts';

/** One purger at a time, whichever dashboard it runs in. */
const PURGER_LOCK = 7_227_002;

/** Purges what has been in quarantine for its time. Called by the dashboard's loop; answers how many. */
export async function purgeExpired(db: Db, now = new Date()): Promise<number> {
  if ((await expiredJails(db, now)).length === 0) return 0;
  return await db.$transaction(async (tx) => {
    const [lock] = await tx.$queryRaw<[{ mine: boolean }]>`
      SELECT pg_try_advisory_xact_lock(${PURGER_LOCK}) AS mine`;
    return lock.mine ? await purgeAll(db, now) : 0;
  });
}

async function expiredJails(db: Db, now: Date): Promise<{ id: string }[]> {
  return await db.jail.findMany({
    where: {
      goneAt: null,
      purge: false,
      wanted: 'destroyed',
      destroyedAt: { lte: new Date(now.getTime() - QUARANTINE_MS) },
    },
    select: { id: true },
  });
}

async function purgeAll(db: Db, now: Date): Promise<number> {
  const expired = await expiredJails(db, now);
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

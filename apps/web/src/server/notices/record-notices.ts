import type { Db, Tx } from '../db.ts';
import { fleetAttention } from '../fleet/fleet-attention.ts';
import { notifyChanges } from '../fleet-topics.ts';

/** Any number will do, as long as no other of our locks has it. */
const LOCK = 7420_004;
/** A trouble that comes back within a day is the same, once more. */
const REST_MS = 24 * 3_600_000;
const KEPT_MS = 30 * REST_MS;

/**
 * Writes down what needs attention now: what is new opens a row, what is over clears it, what comes back
 * opens its row again. One dashboard does it at a time; another one that does it meanwhile has done it.
 */
export async function recordNotices(db: Db): Promise<void> {
  await db.$transaction(async (tx) => {
    const [lock] = await tx.$queryRaw<[{ got: boolean }]>`SELECT pg_try_advisory_xact_lock(${LOCK}) AS got`;
    if (!lock.got) return;
    if (await bringUpToDate(tx, new Date())) await notifyChanges(tx, ['notice']);
  });
}

async function bringUpToDate(tx: Tx, now: Date): Promise<boolean> {
  const all = await fleetAttention(tx);
  const wanted = new Map(all.map((each) => [each.key, each]));
  const rows = await tx.notice.findMany({
    where: { OR: [{ clearedAt: null }, { key: { in: [...wanted.keys()] } }] },
  });
  const known = new Map(rows.map((row) => [row.key, row]));
  let changed = false;
  for (const { key, rule, severity, text, fix, object, since } of wanted.values()) {
    const facts = {
      rule,
      severity,
      text,
      fix,
      objectType: object.type,
      objectId: object.id,
      objectName: object.name,
    };
    const row = known.get(key);
    const begin = { since: since === null ? now : new Date(since), openedAt: now };
    if (!row) await tx.notice.create({ data: { key, ...facts, ...begin } });
    else if (row.clearedAt !== null) {
      const again = now.getTime() - row.clearedAt.getTime() < REST_MS;
      const data = { ...facts, ...begin, clearedAt: null, times: again ? row.times + 1 : 1 };
      await tx.notice.update({ where: { key }, data });
    } else if (row.text !== text || row.severity !== severity || row.fix !== fix) {
      await tx.notice.update({ where: { key }, data: facts });
    } else continue;
    changed = true;
  }
  const over = rows.filter((row) => row.clearedAt === null && !wanted.has(row.key)).map(({ key }) => key);
  if (over.length > 0) {
    await tx.notice.updateMany({ where: { key: { in: over } }, data: { clearedAt: now } });
    changed = true;
  }
  await forget(tx, now);
  return changed;
}

async function forget(tx: Tx, now: Date): Promise<void> {
  const before = new Date(now.getTime() - KEPT_MS);
  await tx.notice.deleteMany({ where: { clearedAt: { lt: before } } });
  await tx.noticeDone.deleteMany({ where: { at: { lt: before } } });
}

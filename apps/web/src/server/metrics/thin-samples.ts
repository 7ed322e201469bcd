import { FINE_FOR_MS, KEPT_FOR_MS } from '@cellblock/shared/jail-sample';
import type { Db } from '../db.ts';

/** What is older than a day goes, and what is older than an hour but for one of each minute. */
export async function thinSamples(db: Db, now = new Date()): Promise<void> {
  const [fine, kept] = [FINE_FOR_MS, KEPT_FOR_MS].map((ms) => new Date(now.getTime() - ms));
  await db.$executeRaw`DELETE FROM jail_sample WHERE NOT keep AND at < ${fine}`;
  await db.$executeRaw`DELETE FROM jail_sample WHERE keep AND at < ${kept}`;
}

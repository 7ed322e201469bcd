import { AnswersRun } from '@cellblock/shared/answers/answer';
import type { AnswersView } from '@cellblock/shared/views/answers-view';
import type { Db, Tx } from '../db.ts';
import { findHost } from '../find-object.ts';

/** A row, bombs included, takes no longer than this at the agent. */
const SILENT_MS = 150_000;

export async function answersOf(db: Db | Tx, ref: string): Promise<AnswersView> {
  const { id, name } = await findHost(db, ref);
  const row = await db.answersRunRow.findUnique({ where: { hostId: id } });
  const parsed = row && AnswersRun.safeParse(row.run);
  // What an older version wrote, and cannot be read any more, was never asked.
  if (!row || !parsed?.success) return { host: { id, name }, run: null, testing: null, lost: false };
  const underWay = parsed.data.endedAt === null;
  return {
    host: { id, name },
    run: parsed.data,
    testing: underWay ? row.testing : null,
    lost: underWay && Date.now() - row.heardAt.getTime() > SILENT_MS,
  };
}

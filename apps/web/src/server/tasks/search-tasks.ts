import { AppError } from '@cellblock/shared/app-error';
import { type FilterNode, matchesFilter, parseFilter } from '@cellblock/shared/filter';
import type { TaskView } from '@cellblock/shared/views/task-view';
import type { Db } from '../db.ts';
import { taskViews } from './queries.ts';
import { TASK_FIELDS } from './task-fields.ts';

export interface TaskPage {
  tasks: TaskView[];
  /** number of the last task that was looked at, to go on from; null: there are no older ones */
  next: number | null;
  /** of the whole fleet, whatever the filter */
  counts: { open: number; waiting: number; failed: number; all: number };
}

/** Tasks that are looked at for one answer; what is beyond is the next page's. */
const BUDGET = 5_000;
const BATCH = 250;
const FAILED_SINCE_MS = 24 * 3_600_000;

/** Newest first, those that a filter means. */
export async function searchTasks(
  db: Db,
  query: { q?: string | undefined; cursor?: number | null | undefined; limit?: number | undefined },
): Promise<TaskPage> {
  const filter = filterOf(query.q);
  const limit = query.limit ?? 100;
  const now = new Date();
  const tasks: TaskView[] = [];
  let cursor = query.cursor ?? null;
  let more = true;
  for (let looked = 0; more && tasks.length < limit && looked < BUDGET; looked += BATCH) {
    const rows = await db.task.findMany({
      where: cursor === null ? {} : { id: { lt: cursor } },
      orderBy: { id: 'desc' },
      take: BATCH,
    });
    more = rows.length === BATCH;
    for (const [at, view] of (await taskViews(db, rows)).entries()) {
      if (tasks.length === limit) {
        more = true;
        break;
      }
      cursor = rows[at]?.id ?? cursor;
      if (!filter || matchesFilter(filter, view, TASK_FIELDS, now)) tasks.push(view);
    }
  }
  return { tasks, next: more ? cursor : null, counts: await countTasks(db, now) };
}

/** `failed` counts the last day: older failures are history. */
async function countTasks(db: Db, now: Date): Promise<TaskPage['counts']> {
  const open = await db.task.findMany({ where: { state: { in: ['wanted', 'accepted'] } } });
  const waiting = (await taskViews(db, open)).filter(({ waitsFor }) => waitsFor !== null);
  const since = new Date(now.getTime() - FAILED_SINCE_MS);
  return {
    open: open.length,
    waiting: waiting.length,
    failed: await db.task.count({
      where: { state: { in: ['failed', 'refused'] }, createdAt: { gt: since } },
    }),
    all: await db.task.count(),
  };
}

function filterOf(q: string | undefined): FilterNode | null {
  if (!q?.trim()) return null;
  const parsed = parseFilter(q, Object.keys(TASK_FIELDS));
  if (parsed.ok) return parsed.filter;
  const { message, nearest } = parsed.error;
  throw new AppError('invalid', message, {
    field: 'q',
    cause: 'The filter has a word that this list does not know, or is not finished.',
    fix: nearest ? `Did you mean ${nearest}?` : `Fields are ${Object.keys(TASK_FIELDS).join(', ')}.`,
    evidence: { ...parsed.error },
  });
}

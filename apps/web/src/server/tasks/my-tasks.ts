import { actorName } from '@cellblock/shared/actor';
import type { TaskView } from '@cellblock/shared/views/task-view';
import type { VerbContext } from '../verb-context.ts';
import { taskViews } from './queries.ts';

/** How long an end is still news. */
const NEWS_MS = 10 * 60_000;
const LIMIT = 20;

/** The caller's own tasks that are on their way, and those that ended a moment ago; newest first. */
export async function myTasks({ db, actor }: Pick<VerbContext, 'db' | 'actor'>): Promise<TaskView[]> {
  const rows = await db.task.findMany({
    where: {
      by: actorName(actor),
      OR: [{ state: { in: ['wanted', 'accepted'] } }, { endedAt: { gt: new Date(Date.now() - NEWS_MS) } }],
    },
    orderBy: { id: 'desc' },
    take: LIMIT,
  });
  return await taskViews(db, rows);
}

import { TaskState } from '@cellblock/shared/views/task-view';
import * as z from 'zod';
import { cancelTask } from '../../tasks/cancel-task.ts';
import { myTasks } from '../../tasks/my-tasks.ts';
import { listTasks, readTask, taskNumber } from '../../tasks/queries.ts';
import { readTaskDetail } from '../../tasks/read-task-detail.ts';
import { searchTasks } from '../../tasks/search-tasks.ts';
import { waitTask } from '../../tasks/wait-task.ts';
import { procedure, router } from '../trpc.ts';

const TaskRef = z.object({ task: z.string().min(1) });

export const tasksRouter = router({
  list: procedure('read')
    .input(z.object({ state: TaskState.optional(), limit: z.int().min(1).max(1000).optional() }).default({}))
    .query(({ ctx, input }) => listTasks(ctx.db, input)),
  get: procedure('read')
    .input(TaskRef)
    .query(({ ctx, input }) => readTask(ctx.db, taskNumber(input.task))),
  search: procedure('read')
    .input(
      z
        .object({
          q: z.string().max(1000).optional(),
          cursor: z.int().nullish(),
          limit: z.int().min(1).max(500).optional(),
        })
        .default({}),
    )
    .query(({ ctx, input }) => searchTasks(ctx.db, input)),
  show: procedure('read')
    .input(TaskRef)
    .query(({ ctx, input }) => readTaskDetail(ctx, taskNumber(input.task))),
  mine: procedure('read').query(({ ctx }) => myTasks(ctx)),
  wait: procedure('read')
    .input(TaskRef.extend({ timeoutMs: z.int().min(0).max(60_000) }))
    .query(({ ctx, input, signal }) => waitTask(ctx.db, input, signal)),
  cancel: procedure('operate')
    .input(TaskRef)
    .mutation(({ ctx, input }) => cancelTask(ctx, input)),
});

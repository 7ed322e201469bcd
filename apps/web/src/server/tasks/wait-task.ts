import { TASK_FINAL, type TaskState, type TaskView } from '@cellblock/shared/views/task-view';
import type { Db } from '../db.ts';
import { readTask, taskNumber } from './queries.ts';

const LOOK_MS = 100;

/** Answers when the task has ended, or as it stands after the time given. */
export async function waitTask(
  db: Db,
  input: { task: string; timeoutMs: number },
  signal?: AbortSignal,
): Promise<TaskView> {
  const id = taskNumber(input.task);
  const until = Date.now() + input.timeoutMs;
  for (;;) {
    const row = await db.task.findUnique({ where: { id }, select: { state: true } });
    const ended = row === null || TASK_FINAL.has(row.state as TaskState);
    if (ended || Date.now() >= until || signal?.aborted) return await readTask(db, id);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

import { AppError } from '@cellblock/shared/app-error';
import { TASK_FINAL, type TaskView } from '@cellblock/shared/views/task-view';
import { newEventId } from '../audit/event-id.ts';
import { recordEvent } from '../audit/record-event.ts';
import { recordAct } from '../record-act.ts';
import type { VerbContext } from '../verb-context.ts';
import { counterpart } from './counterpart.ts';
import { readTask, taskNumber } from './queries.ts';
import { withoutSettings } from './want.ts';

/**
 * Ends a task that is on its way: what it wanted is wanted no more. That is a change of its own, with a
 * task of its own, because its host may have begun.
 */
export async function cancelTask(ctx: VerbContext, input: { task: string }): Promise<TaskView> {
  const id = taskNumber(input.task);
  const task = await readTask(ctx.db, id);
  if (TASK_FINAL.has(task.state)) {
    throw new AppError('conflict', `${task.id} has ended: ${task.state}.`, {
      field: 'task',
      cause: 'Only what has not ended can be canceled.',
      fix: 'Nothing is left to cancel; to undo it, make the opposite change.',
    });
  }
  const undo = await counterpart(ctx, task);
  // What cannot be brought back is not canceled either.
  await undo.run({ dryRun: true });
  await recordAct(ctx, 'task.cancel', async ({ tx, now }) => {
    const row = await tx.task.findUniqueOrThrow({ where: { id } });
    await tx.task.update({
      where: { id },
      data: {
        state: 'canceled',
        endedAt: now,
        message: `Canceled: ${undo.text}`,
        wants: withoutSettings(row.wants),
      },
    });
    await recordEvent(tx, ctx, {
      id: newEventId(),
      kind: task.kind,
      phase: 'outcome',
      outcome: 'canceled',
      intent: task.event.id,
      object: task.object,
      host: task.host,
      summary: `${task.id} was canceled: ${undo.text}`,
    });
    return {
      object: { type: 'task', id: task.id, name: task.id },
      host: task.host,
      summary: `canceled ${task.id} (${task.kind} of ${task.object.name})`,
      before: { state: task.state },
      after: { state: 'canceled', instead: undo.text },
      topics: [`task/${task.id}`],
      result: null,
    };
  });
  await undo.run({ dryRun: false });
  return await readTask(ctx.db, id);
}

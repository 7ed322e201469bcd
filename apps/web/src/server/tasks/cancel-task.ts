import { AppError } from '@cellblock/shared/app-error';
import { TASK_FINAL, type TaskView } from '@cellblock/shared/views/task-view';
import { newEventId } from '../audit/event-id.ts';
import { recordEvent } from '../audit/record-event.ts';
import { releaseIp } from '../ip-assignments/release-ip.ts';
import { destroyJail } from '../jails/destroy-jail.ts';
import { startJail } from '../jails/start-jail.ts';
import { stopJail } from '../jails/stop-jail.ts';
import { recordAct } from '../record-act.ts';
import type { VerbContext } from '../verb-context.ts';
import { readTask, taskNumber } from './queries.ts';
import { Want } from './want.ts';

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
      fix: 'Nothing is to be canceled.',
    });
  }
  const undo = await counterpart(ctx, task);
  await recordAct(ctx, 'task.cancel', async ({ tx, now }) => {
    await tx.task.update({
      where: { id },
      data: { state: 'canceled', endedAt: now, message: `Canceled: ${undo.text}` },
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
  await undo.run();
  return await readTask(ctx.db, id);
}

/** What brings things back to where they were; a change that cannot be taken back is not canceled. */
export async function counterpart(
  ctx: VerbContext,
  task: TaskView,
): Promise<{ text: string; run: () => Promise<unknown> }> {
  const jail = { jail: task.object.id };
  switch (task.kind) {
    case 'jail.create':
      return { text: 'the jail is purged', run: () => destroyJail(ctx, { ...jail, purge: true }) };
    case 'jail.start':
      return { text: 'the jail is stopped', run: () => stopJail(ctx, jail) };
    case 'jail.stop':
      return { text: 'the jail is started', run: () => startJail(ctx, jail) };
    case 'ip.assign': {
      const row = await ctx.db.task.findUniqueOrThrow({ where: { event: task.event.id } });
      const want = Want.array()
        .parse(row.wants)
        .find(({ type }) => type === 'address');
      const held = want && (await ctx.db.ipAssignment.findUnique({ where: { id: want.id } }));
      if (held) {
        const release = { jail: held.jailId, address: held.address };
        return { text: 'the address is released', run: () => releaseIp(ctx, release) };
      }
      break;
    }
  }
  throw new AppError('conflict', `${task.kind} of ${task.object.name} cannot be taken back half done.`, {
    field: 'task',
    cause: 'Its host may have begun, and what it removed is gone.',
    fix: `Let it end, then change ${task.object.name} again.`,
  });
}

import { AppError } from '@cellblock/shared/app-error';
import { HostState } from '@cellblock/shared/host-state';
import { Problem } from '@cellblock/shared/host-status';
import { plan } from '@cellblock/shared/plan/plan';
import { describeStep } from '@cellblock/shared/step';
import { TASK_FINAL, type TaskDetail, type TaskView } from '@cellblock/shared/views/task-view';
import type { Db } from '../db.ts';
import { buildHostSpec, loadSpecRows } from '../host-sync/build-host-spec.ts';
import type { VerbContext } from '../verb-context.ts';
import { counterpart } from './counterpart.ts';
import { readTask } from './queries.ts';

/** One task with what its hosts would still do for it, and what canceling it would do. */
export async function readTaskDetail(ctx: VerbContext, id: number): Promise<TaskDetail> {
  const { db } = ctx;
  const task = await readTask(db, id);
  const { hosts } = await db.task.findUniqueOrThrow({ where: { id }, select: { hosts: true } });
  const problem = task.state === 'failed' ? Problem.safeParse(task.refusal?.evidence).data : undefined;
  return {
    task,
    left: TASK_FINAL.has(task.state) && task.state !== 'failed' ? [] : await stepsLeft(db, task, hosts),
    cancel: await cancelOf(ctx, task),
    retry: problem ? { attempts: problem.attempts, nextTryAt: problem.nextTryAt } : null,
  };
}

/** The planner says it, from the rows as they are and the state that the host reported last. */
async function stepsLeft(db: Db, task: TaskView, hosts: readonly string[]): Promise<TaskDetail['left']> {
  const left: TaskDetail['left'] = [];
  for (const id of hosts) {
    const host = await db.host.findUnique({ where: { id }, select: { name: true, kernelState: true } });
    if (!host) continue;
    const state = HostState.safeParse(host.kernelState);
    const steps = state.success
      ? plan(buildHostSpec(await loadSpecRows(db, id)), state.data)
          .filter(({ cause }) => cause === task.event.id)
          .map((step) => ({ kind: step.kind, text: describeStep(step) }))
      : [];
    left.push({ host: host.name, asOf: state.success ? state.data.at : null, steps });
  }
  return left;
}

async function cancelOf(ctx: VerbContext, task: TaskView): Promise<TaskDetail['cancel']> {
  if (TASK_FINAL.has(task.state)) return { can: false, reason: `It has ended: ${task.state}.`, fix: null };
  try {
    const { text } = await counterpart(ctx, task);
    return { can: true, text };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { message, cause, fix } = error.refusal;
    return { can: false, reason: [message, cause].filter(Boolean).join(' '), fix: fix ?? null };
  }
}

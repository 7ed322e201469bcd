import { exitCodeOf } from '@cellblock/shared/app-error';
import type { PlanView } from '@cellblock/shared/views/plan-view';
import { TASK_FINAL, type TaskView } from '@cellblock/shared/views/task-view';
import { CliError } from './cli-error.ts';
import type { Change } from './dashboard/procedures.ts';
import { EXIT } from './exit-code.ts';
import { renderRefusal } from './output/render-error.ts';
import type { Run } from './run.ts';
import { taskRows } from './tables/task-table.ts';

/** How long a changing verb waits for the host's receipt. */
export const WAIT_MS = 60_000;
/** One question to the dashboard waits no longer than proxies let an answer wait. */
const QUESTION_MS = 20_000;

/**
 * Waits for the end of a change as the options say. Returns the object when the host has confirmed it, null
 * when something else was printed instead: a plan, or with --no-wait the task.
 */
export async function settle<T>(run: Run, change: Change<T>): Promise<T | null> {
  if ('plan' in change) {
    printPlan(run, change.plan);
    return null;
  }
  if (change.task === null) return change.object;
  if (!run.options.wait) {
    run.print({ ...taskRows([change.task], run.terminal.now()), data: change.task });
    run.say(`${change.task.id} goes on: cellblock task show ${change.task.id}`);
    return null;
  }
  demandApplied(await waitForTask(run, change.task));
  return change.object;
}

/** The task at its end. Exit 6 when it goes on for longer than a verb waits. */
export async function waitForTask(run: Run, begun: TaskView): Promise<TaskView> {
  const deadline = run.terminal.now().getTime() + WAIT_MS;
  let task = begun;
  while (!TASK_FINAL.has(task.state)) {
    const left = deadline - run.terminal.now().getTime();
    if (left <= 0) throw stillGoingOn(task);
    task = await run.dashboard.tasks.wait.query({ task: task.id, timeoutMs: Math.min(left, QUESTION_MS) });
  }
  return task;
}

function stillGoingOn(task: TaskView): CliError {
  const host = task.host?.name ?? 'the host';
  return new CliError(EXIT.timedOut, {
    message: `${task.id} goes on: ${host} has not confirmed it after ${WAIT_MS / 1000} s.`,
    cause:
      task.message ??
      `${host} has ${task.state === 'accepted' ? 'accepted it and works on it' : 'not answered'}.`,
    fix: `cellblock task show ${task.id}`,
  });
}

export function demandApplied(task: TaskView): void {
  if (task.state === 'applied') return;
  const failed = task.steps.find((step) => step.result !== 'done');
  if (task.refusal !== null) throw new CliError(exitCodeOf(task.refusal.code), task.refusal);
  const { words, why } = {
    failed: { words: 'failed', why: 'Its host gave up and named no step.' },
    refused: { words: 'was refused by the host', why: 'Its host gave no reason.' },
    superseded: {
      words: 'was overtaken by a later change',
      why: `${task.object.name} was changed again before its host had done it.`,
    },
    canceled: { words: 'was canceled', why: 'Somebody canceled it before its host had done it.' },
  }[task.state as 'failed'];
  throw new CliError(task.state === 'superseded' ? EXIT.conflict : EXIT.failed, {
    message: `${task.id} ${words}: ${task.kind} ${task.object.name}.`,
    cause:
      task.message ??
      (failed === undefined ? why : `${failed.text}: ${failed.errno ?? ''} ${failed.message ?? ''}`.trim()),
    fix: `cellblock task show ${task.id}`,
  });
}

/** The plan on stdout, what stands in its way on stderr. */
export function printPlan(run: Run, plan: PlanView): void {
  run.print({
    data: plan,
    headings: ['STEP', 'WHAT'],
    rows: plan.steps.map((step) => [step.kind, step.text]),
    names: [plan.hash],
  });
  run.say(
    plan.asOf === null
      ? `plan ${plan.hash.slice(0, 12)} for ${plan.host.name}, which has never reported`
      : `plan ${plan.hash.slice(0, 12)} for ${plan.host.name}, as of its report at ${plan.asOf}`,
  );
  for (const warning of plan.warnings) run.warn(`warning: ${warning}`);
  const [first] = plan.conflicts;
  if (first === undefined) return;
  for (const conflict of plan.conflicts.slice(1)) run.terminal.stderr.write(renderRefusal(conflict));
  throw new CliError(exitCodeOf(first.code), first);
}

import type { TaskView } from '@cellblock/shared/views/task-view';
import { ageText } from '../output/moment.ts';
import type { Printable } from '../output/print.ts';

export function taskRows(tasks: readonly TaskView[], now: Date): Printable {
  return {
    data: tasks,
    headings: ['TASK', 'WHAT', 'OBJECT', 'HOST', 'STATE', 'BY', 'AGE'],
    rows: tasks.map((task) => [
      task.id,
      task.kind,
      task.object.name,
      task.host?.name ?? '-',
      task.state,
      task.by,
      ageText(task.createdAt, now),
    ]),
    names: tasks.map((task) => task.id),
  };
}

/** One task with the steps that the host reports. */
export function taskDetail(task: TaskView): Printable {
  return {
    data: task,
    headings: ['STEP', 'RESULT', 'TOOK', 'RECEIPT'],
    rows: task.steps.map((step) => [
      step.text,
      step.errno === null ? step.result : `${step.result} ${step.errno}`,
      `${Math.round(step.durationMs)} ms`,
      `#${step.receipt}`,
    ]),
    names: [task.id],
  };
}

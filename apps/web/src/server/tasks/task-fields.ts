import type { FilterFields } from '@cellblock/shared/filter';
import type { TaskView } from '@cellblock/shared/views/task-view';

/** What tasks can be asked by: `state:failed by:mira object:web-* host:fra1-* age<1h step:EEXIST`. */
export const TASK_FIELDS: FilterFields<TaskView> = {
  id: (task) => task.id,
  // A task that waits for its host is found by both words: it is still wanted or accepted.
  state: (task) => (task.waitsFor ? [task.state, 'waiting'] : task.state),
  open: (task) => (task.endedAt === null ? 'yes' : 'no'),
  action: (task) => task.kind,
  kind: (task) => task.kind,
  by: (task) => task.by,
  object: (task) => [task.object.name, task.object.id],
  type: (task) => task.object.type,
  host: (task) => task.host?.name,
  step: (task) => task.steps.flatMap((step) => (step.result === 'done' ? [] : [step.text, step.errno ?? ''])),
  message: (task) => task.message,
  created: (task) => new Date(task.createdAt),
  ended: (task) => (task.endedAt === null ? null : new Date(task.endedAt)),
  age: (task) => Date.now() - Date.parse(task.createdAt),
};

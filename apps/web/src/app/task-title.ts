import type { TaskView } from '@cellblock/shared/views/task-view';

const VERBS: Partial<Record<TaskView['kind'], string>> = {
  'jail.configure': 'Change settings of',
  'ip.assign': 'Assign',
  'ip.release': 'Release',
  'ip.move': 'Move',
};

/** "Stop web-1", "Assign 10.0.0.5": what was wanted, in the words of a button. */
export function taskTitle({ kind, object }: Pick<TaskView, 'kind' | 'object'>): string {
  const [noun, verb = ''] = kind.split('.');
  const capital = `${verb[0]?.toUpperCase() ?? ''}${verb.slice(1)}`;
  const words = VERBS[kind] ?? (noun === 'jail' ? capital : `${capital} ${noun}`);
  return `${words} ${object.name}`;
}

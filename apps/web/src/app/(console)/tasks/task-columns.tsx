import type { TaskView } from '@cellblock/shared/views/task-view';
import type { Column } from '@/ui/data-table';
import { Moment } from '@/ui/moment';
import { TaskStateBadge, taskWord } from '../../task-state-badge';
import { taskTitle } from '../../task-title';
import { TaskTook } from './task-took';

/** A task as a row. On a narrow screen its state, who and where stand below what was wanted. */
export const taskColumns: readonly Column<TaskView>[] = [
  {
    key: 'id',
    header: 'Task',
    width: 'w-[72px]',
    mono: true,
    cell: (task) => <span className="text-muted">{task.id}</span>,
  },
  {
    key: 'what',
    header: 'What',
    cell: (task) => (
      <>
        <span className="font-medium text-strong">{taskTitle(task)}</span>
        <span className="block truncate leading-[18px] text-muted sm:hidden">
          {taskWord(task).word}, {task.by}
        </span>
      </>
    ),
  },
  {
    key: 'state',
    header: 'State',
    width: 'w-[170px] max-sm:w-[52px]',
    cell: (task) => (
      <>
        <span className="max-sm:hidden">
          <TaskStateBadge task={task} />
        </span>
        <span aria-hidden className="sm:hidden">
          <TaskStateBadge task={task} iconOnly />
        </span>
      </>
    ),
  },
  {
    key: 'why',
    header: 'What it says',
    width: 'w-[26%]',
    from: 'lg',
    cell: (task) => {
      const failed = task.state === 'failed' || task.state === 'refused';
      if (!failed && !task.waitsFor) return <span className="text-muted">{task.message ?? ''}</span>;
      if (task.waitsFor)
        return (
          <span className="text-muted">
            {task.waitsFor.state === 'unknown' ? 'silent' : task.waitsFor.state}
            {task.waitsFor.since && (
              <>
                , last report <Moment at={task.waitsFor.since} />
              </>
            )}
          </span>
        );
      return (
        <span className="text-bad-text" title={task.message ?? undefined}>
          {task.message}
        </span>
      );
    },
  },
  {
    key: 'host',
    header: 'Host',
    width: 'w-[104px]',
    from: 'md',
    mono: true,
    cell: (task) => task.host?.name ?? '—',
  },
  { key: 'by', header: 'By', width: 'w-[96px]', from: 'md', cell: (task) => task.by },
  {
    key: 'created',
    header: 'Begun',
    width: 'w-[112px]',
    from: 'sm',
    cell: (task) => <Moment at={task.createdAt} className="text-muted" />,
  },
  {
    key: 'took',
    header: 'Took',
    width: 'w-[104px]',
    from: 'md',
    align: 'right',
    cell: (task) => <TaskTook task={task} />,
  },
];

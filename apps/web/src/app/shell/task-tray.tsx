'use client';
import { useQuery } from '@tanstack/react-query';
import { ListChecks } from 'lucide-react';
import { Link } from '@/app/link';
import { paths } from '@/paths';
import { useTRPC } from '@/trpc/client';
import { Menu, MenuItem, MenuLine } from '@/ui/menu';
import { TaskStateBadge, taskWord } from '../task-state-badge';
import { taskTitle } from '../task-title';

/** One's own tasks, on every page: what runs, what waits, and what ended a moment ago. */
export function TaskTray() {
  const trpc = useTRPC();
  const mine = useQuery(trpc.tasks.mine.queryOptions());
  const tasks = mine.data ?? [];
  if (tasks.length === 0) return null;
  const open = tasks.filter((task) => task.endedAt === null);
  const failed = tasks.filter(({ state }) => state === 'failed' || state === 'refused');
  const text =
    open.length > 0
      ? `${open.length} ${open.length === 1 ? 'task' : 'tasks'} of yours`
      : failed.length > 0
        ? `${failed.length} failed`
        : 'Your tasks ended';
  return (
    <Menu
      side="top"
      trigger={
        <button
          type="button"
          className="inline-flex h-6 items-center gap-1.5 rounded-control px-1.5 text-small text-muted hover:bg-surface-hover hover:text-strong"
        >
          <ListChecks
            className={failed.length > 0 ? 'size-3.5 text-bad-mark' : 'size-3.5 text-info-mark'}
            aria-hidden
          />
          {text}
        </button>
      }
    >
      {tasks.slice(0, 8).map((task) => (
        <MenuItem
          key={task.id}
          icon={<TaskStateBadge task={task} iconOnly />}
          render={<Link href={paths.task(task.id)} />}
        >
          <span className="text-strong">{taskTitle(task)}</span>
          <span className="text-small text-muted">
            {task.id}, {taskWord(task).word}
          </span>
        </MenuItem>
      ))}
      <MenuLine />
      <MenuItem icon={<ListChecks aria-hidden />} render={<Link href={paths.tasks()} />}>
        All tasks
      </MenuItem>
    </Menu>
  );
}

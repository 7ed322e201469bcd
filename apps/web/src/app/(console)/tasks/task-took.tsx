'use client';
import type { TaskView } from '@cellblock/shared/views/task-view';
import { useNow } from '@/ui/now';
import { durationText } from '@/ui/time-text';

/** From the intent to the host's last word; of an open task the time so far. */
export function TaskTook({ task }: { task: Pick<TaskView, 'createdAt' | 'endedAt'> }) {
  const now = useNow();
  const until = task.endedAt ? Date.parse(task.endedAt) : now?.getTime();
  if (until === undefined) return null;
  const ms = Math.max(0, until - Date.parse(task.createdAt));
  const text = ms < 10_000 && task.endedAt ? `${(ms / 1000).toFixed(1)}\u2009s` : durationText(ms);
  return <span className="text-muted">{task.endedAt ? text : `${text} so far`}</span>;
}

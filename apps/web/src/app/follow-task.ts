'use client';
import type { TaskView } from '@cellblock/shared/views/task-view';
import { useTRPCClient } from '@/trpc/client';
import { useToast } from '@/ui/toast';

const FINAL: readonly TaskView['state'][] = ['applied', 'failed', 'refused', 'superseded', 'canceled'];

/**
 * Waits for the host's account of a task and says how it ended. Nothing is called done before that; a host that
 * stays silent is named.
 */
export function useFollowTask() {
  const client = useTRPCClient();
  const toast = useToast();
  return async (task: TaskView | null, done: string) => {
    if (!task) return;
    try {
      const end = FINAL.includes(task.state)
        ? task
        : await client.tasks.wait.query({ task: task.id, timeoutMs: 60_000 });
      const host = end.host?.name ?? 'The host';
      if (end.state === 'applied') toast('ok', done, `${host} reports it done.`);
      else if (end.state === 'superseded')
        toast('info', `${done.replace(/ is .*/, '')}: overtaken by a later change.`);
      else if (FINAL.includes(end.state)) {
        toast('bad', `${host} did not do it: ${end.state}`, end.refusal?.message ?? end.message ?? undefined);
      } else
        toast(
          'info',
          `Still waiting for ${host}`,
          `${end.message ?? 'It has not answered for a minute.'} ${task.id} goes on.`,
        );
    } catch {
      // The connection went away; the page itself shows what became of the object.
    }
  };
}

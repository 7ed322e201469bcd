import type { TaskDetail } from '@cellblock/shared/views/task-view';
import type { Stage } from '@/ui/stage-track';

/** Wanted → accepted → running n of m → seen, and where it ended otherwise. */
export function taskStages({ task, left }: Pick<TaskDetail, 'task' | 'left'>): Stage[] {
  const { state, waitsFor, steps } = task;
  const done = steps.filter(({ result }) => result === 'done').length;
  const total = done + left.reduce((sum, each) => sum + each.steps.length, 0);
  const running = total > 0 ? `Running ${done} of ${total}` : 'Running';
  const wanted: Stage = { label: 'Wanted', state: 'done' };
  const accepted: Stage = { label: 'Accepted by host', state: 'done' };
  switch (state) {
    case 'wanted':
      return [
        wanted,
        { label: waitsFor ? `Waits for ${waitsFor.host}` : 'Accepted by host', state: 'now' },
        { label: running, state: 'later' },
        { label: 'Seen', state: 'later' },
      ];
    case 'accepted':
      return [
        wanted,
        accepted,
        { label: waitsFor ? `Waits for ${waitsFor.host}` : running, state: 'now' },
        { label: 'Seen', state: 'later' },
      ];
    case 'applied':
      return [
        wanted,
        accepted,
        { label: done === 1 ? '1 step' : `${done} steps`, state: 'done' },
        { label: 'Seen', state: 'done' },
      ];
    case 'failed':
      return [wanted, accepted, { label: `Failed at step ${done + 1}`, state: 'bad' }];
    case 'refused':
      return [wanted, { label: 'Refused by host', state: 'bad' }];
    case 'superseded':
      return [wanted, { label: 'Overtaken by a later change', state: 'ended' }];
    case 'canceled':
      return [wanted, { label: 'Canceled', state: 'ended' }];
  }
}

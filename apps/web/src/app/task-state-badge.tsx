import type { TaskView } from '@cellblock/shared/views/task-view';
import {
  ChevronsRight,
  CircleDashed,
  CircleDot,
  Hourglass,
  type LucideIcon,
  ShieldX,
  Undo2,
} from 'lucide-react';
import { StatusBadge, type Tone } from '@/ui/status-badge';

type Word = { tone: Tone; word: string; icon?: LucideIcon };

const words: Record<TaskView['state'], Word> = {
  wanted: { tone: 'info', word: 'Wanted', icon: CircleDashed },
  accepted: { tone: 'info', word: 'Accepted by host', icon: CircleDot },
  applied: { tone: 'ok', word: 'Applied' },
  failed: { tone: 'bad', word: 'Failed' },
  refused: { tone: 'bad', word: 'Refused by host', icon: ShieldX },
  superseded: { tone: 'idle', word: 'Overtaken', icon: ChevronsRight },
  canceled: { tone: 'idle', word: 'Canceled', icon: Undo2 },
};

/** Waiting for a host is a state of its own; nothing is `Applied` before a host has said so. */
export function taskWord({ state, waitsFor, steps }: Pick<TaskView, 'state' | 'waitsFor' | 'steps'>): Word {
  if (waitsFor) return { tone: 'unknown', word: `Waits for ${waitsFor.host}`, icon: Hourglass };
  if (state === 'accepted' && steps.length > 0)
    return { tone: 'info', word: `Running, ${steps.length} done` };
  return words[state];
}

export function TaskStateBadge({ task, iconOnly }: { task: TaskView; iconOnly?: boolean }) {
  const { tone, word, icon } = taskWord(task);
  return (
    <StatusBadge tone={tone} icon={icon} iconOnly={iconOnly}>
      {word}
    </StatusBadge>
  );
}

import type { HostState } from '@cellblock/shared/views/host-view';
import type { LucideIcon } from 'lucide-react';
import { Hourglass, Lock, Snowflake } from 'lucide-react';
import { StatusBadge, type Tone } from '@/ui/status-badge';

const words: Record<HostState, { tone: Tone; word: string; icon?: LucideIcon }> = {
  waiting: { tone: 'warn', word: 'Waits for approval', icon: Hourglass },
  ready: { tone: 'ok', word: 'Ready' },
  unknown: { tone: 'unknown', word: 'Unknown' },
  locked: { tone: 'bad', word: 'Locked: its key was used twice', icon: Lock },
  frozen: { tone: 'warn', word: 'Frozen', icon: Snowflake },
};

export function HostStateBadge({ state }: { state: HostState }) {
  const { tone, word, icon } = words[state];
  return (
    <StatusBadge tone={tone} icon={icon}>
      {word}
    </StatusBadge>
  );
}

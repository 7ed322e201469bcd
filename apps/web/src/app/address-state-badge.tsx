import type { LucideIcon } from 'lucide-react';
import { CircleDashed, Lock, Minus, Router, SquareDashed } from 'lucide-react';
import { StatusBadge, type Tone } from '@/ui/status-badge';

export type AddressWord =
  | 'free'
  | 'wanted'
  | 'assigned'
  | 'releasing'
  | 'moving'
  | 'cooling'
  | 'reserved'
  | 'gateway'
  | 'network'
  | 'broadcast'
  | 'host';

const words: Record<AddressWord, { tone: Tone; word: string; icon?: LucideIcon }> = {
  free: { tone: 'idle', word: 'Free', icon: Minus },
  wanted: { tone: 'info', word: 'Wanted', icon: CircleDashed },
  assigned: { tone: 'ok', word: 'Assigned' },
  releasing: { tone: 'info', word: 'Releasing' },
  moving: { tone: 'info', word: 'Moving' },
  cooling: { tone: 'warn', word: 'Cooling', icon: SquareDashed },
  reserved: { tone: 'idle', word: 'Reserved', icon: Lock },
  gateway: { tone: 'idle', word: 'Gateway', icon: Router },
  network: { tone: 'idle', word: 'Network address', icon: Minus },
  broadcast: { tone: 'idle', word: 'Broadcast address', icon: Minus },
  host: { tone: 'idle', word: 'The host’s own', icon: Router },
};

export function AddressStateBadge({ state }: { state: AddressWord }) {
  const { tone, word, icon } = words[state];
  return (
    <StatusBadge tone={tone} icon={icon}>
      {word}
    </StatusBadge>
  );
}

/** The word alone, for labels read aloud. */
export const addressWord = (state: AddressWord) => words[state].word.toLowerCase();

import type { JailSummary } from '@cellblock/shared/views/jail-view';
import { CircleDashed } from 'lucide-react';
import { StatusBadge, type Tone } from '@/ui/status-badge';

type State = JailSummary['state'];

const words: Record<State, { tone: Tone; word: string }> = {
  wanted: { tone: 'info', word: 'Wanted' },
  starting: { tone: 'info', word: 'Starting' },
  running: { tone: 'ok', word: 'Running' },
  stopping: { tone: 'info', word: 'Stopping' },
  stopped: { tone: 'idle', word: 'Stopped' },
  failed: { tone: 'bad', word: 'Failed' },
  unknown: { tone: 'unknown', word: 'Unknown' },
  destroying: { tone: 'info', word: 'Being destroyed' },
  destroyed: { tone: 'idle', word: 'Destroyed' },
};

/** The state as the server derived it from wanted, seen and the host's silence; nothing is added here. */
export function JailStateBadge({ state }: { state: State }) {
  const { tone, word } = words[state];
  return (
    <StatusBadge tone={tone} icon={state === 'wanted' ? CircleDashed : undefined}>
      {word}
    </StatusBadge>
  );
}

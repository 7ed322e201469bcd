import type { AuditEventView } from '@cellblock/shared/audit-event';
import type { LucideIcon } from 'lucide-react';
import { Ban, ChevronsRight, CircleDashed, Minus, ShieldX, Undo2 } from 'lucide-react';
import { StatusBadge, type Tone } from '@/ui/status-badge';

type Outcome = NonNullable<AuditEventView['outcome']>;

const words: Record<Outcome, { tone: Tone; word: string; icon?: LucideIcon }> = {
  applied: { tone: 'ok', word: 'Applied' },
  failed: { tone: 'bad', word: 'Failed' },
  refused: { tone: 'bad', word: 'Refused by the host', icon: ShieldX },
  superseded: { tone: 'idle', word: 'Overtaken by a later change', icon: ChevronsRight },
  canceled: { tone: 'idle', word: 'Canceled', icon: Undo2 },
  unknown: { tone: 'unknown', word: 'Unknown' },
};

/** How it ended, as far as that is known. An intent without an outcome is open, never done. */
export function EventOutcomeBadge({ event, iconOnly }: { event: AuditEventView; iconOnly?: boolean }) {
  const outcome = event.phase === 'outcome' ? event.outcome : event.latestOutcome;
  if (event.phase === 'refusal') {
    return (
      <StatusBadge tone="bad" icon={Ban} iconOnly={iconOnly}>
        Refused
      </StatusBadge>
    );
  }
  if (outcome) {
    const { tone, word, icon } = words[outcome];
    return (
      <StatusBadge tone={tone} icon={icon} iconOnly={iconOnly}>
        {word}
      </StatusBadge>
    );
  }
  if (event.task === null) {
    return (
      <StatusBadge tone="idle" icon={Minus} iconOnly={iconOnly}>
        Recorded
      </StatusBadge>
    );
  }
  return (
    <StatusBadge tone="info" icon={CircleDashed} iconOnly={iconOnly}>
      Waiting for the host
    </StatusBadge>
  );
}

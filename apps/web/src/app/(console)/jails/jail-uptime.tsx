'use client';
import type { JailSummary } from '@cellblock/shared/views/jail-view';
import { Moment } from '@/ui/moment';
import { useNow } from '@/ui/now';
import { durationText } from '@/ui/time-text';

/** How long it runs, as seen; for a silent host, how old the report is. */
export function JailUptime({ jail }: { jail: JailSummary }) {
  const now = useNow();
  if (jail.state === 'unknown') {
    return jail.seenAt ? (
      <span className="text-muted">
        as of <Moment at={jail.seenAt} />
      </span>
    ) : (
      <span className="text-muted">never seen</span>
    );
  }
  if (jail.state !== 'running' || !jail.startedAt || !now) return <span className="text-muted">—</span>;
  return <span className="text-muted">{durationText(now.getTime() - Date.parse(jail.startedAt))}</span>;
}

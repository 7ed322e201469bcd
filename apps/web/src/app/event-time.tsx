'use client';
import { useNow } from '@/ui/now';
import { absoluteTime, clockText, dayText } from '@/ui/time-text';
import { useZone } from '@/ui/zone';

/** The clock for today, month and day before it otherwise; the whole moment on hover. */
export function EventTime({ at }: { at: string }) {
  const { zone } = useZone();
  const now = useNow();
  const date = new Date(at);
  const today = now !== null && dayText(date, zone) === dayText(now, zone);
  return (
    <time
      dateTime={at}
      title={absoluteTime(date, zone, { ms: true })}
      className="mono"
      suppressHydrationWarning
    >
      {today ? '' : `${dayText(date, zone).slice(5)} `}
      {today ? clockText(date, zone) : clockText(date, zone).slice(0, 5)}
    </time>
  );
}

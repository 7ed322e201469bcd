'use client';
import { useNow } from './now';
import { absoluteTime, clockText, relativeTime } from './time-text';
import { Tooltip } from './tooltip';
import { useZone } from './zone';

interface MomentProps {
  /** A moment, or its ISO text as it came over the wire. */
  at: Date | string;
  /** How it reads: "4 s ago" (the moment on hover), the moment, the clock alone, or both. */
  show?: 'relative' | 'absolute' | 'clock' | 'both';
  className?: string;
}

export function Moment({ at: given, show = 'relative', className }: MomentProps) {
  const at = typeof given === 'string' ? new Date(given) : given;
  const now = useNow();
  const { zone } = useZone();
  const absolute = absoluteTime(at, zone);
  const relative = now && relativeTime(at, now);
  if (show === 'absolute' || (show === 'relative' && !relative)) {
    return (
      <time dateTime={at.toISOString()} className={className} suppressHydrationWarning>
        {absolute}
      </time>
    );
  }
  if (show === 'both') {
    return (
      <time dateTime={at.toISOString()} className={className} suppressHydrationWarning>
        {absolute}
        {relative && <span className="text-muted"> ({relative})</span>}
      </time>
    );
  }
  return (
    <Tooltip text={absolute}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the moment behind "4 s ago" must be readable without a pointer */}
      <time dateTime={at.toISOString()} className={className} tabIndex={0} suppressHydrationWarning>
        {show === 'clock' ? clockText(at, zone) : relative}
      </time>
    </Tooltip>
  );
}

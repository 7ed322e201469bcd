'use client';
import { cx } from './cx';
import { absoluteTime, dayText, type Zone } from './time-text';
import { useZone } from './zone';

export interface LaneSpan {
  key: string;
  from: Date;
  /** Null while it lasts. */
  until: Date | null;
  label: string;
  look: 'current' | 'past' | 'dashed' | 'faint';
}

export interface Lane {
  name: string;
  spans: readonly LaneSpan[];
}

interface TimelineLanesProps {
  label: string;
  lanes: readonly Lane[];
  from: Date;
  until: Date;
  /** A moment to mark across all lanes. */
  at?: Date | null;
}

const looks: Record<LaneSpan['look'], string> = {
  current: 'bg-accent-tint text-accent-text',
  past: 'bg-surface-hover text-muted',
  dashed: 'border-[1.5px] border-dashed border-warn-mark text-warn-text',
  faint: 'border border-line-default text-muted',
};

/** Spans of time on parallel lanes over one axis. A table with the same facts must stand beside it. */
export function TimelineLanes({ label, lanes, from, until, at }: TimelineLanesProps) {
  const { zone } = useZone();
  const whole = Math.max(1, until.getTime() - from.getTime());
  const share = (moment: Date) =>
    Math.min(100, Math.max(0, ((moment.getTime() - from.getTime()) / whole) * 100));
  return (
    <figure aria-label={label} className="relative p-3">
      <div className="mb-1 ml-14 flex justify-between text-micro text-faint" aria-hidden>
        {[0, 0.25, 0.5, 0.75, 1].map((part) => (
          <span
            key={part}
            className={part === 0.25 || part === 0.75 ? 'max-sm:hidden' : undefined}
            suppressHydrationWarning
          >
            {tickText(new Date(from.getTime() + whole * part), whole, zone)}
          </span>
        ))}
      </div>
      {lanes.map((lane) => (
        <div key={lane.name} className="mb-1.5 flex items-center gap-2">
          <span className="w-12 shrink-0 text-micro text-faint">{lane.name}</span>
          <div className="relative h-[22px] flex-1">
            {lane.spans.map((span) => {
              const left = share(span.from);
              return (
                <div
                  key={span.key}
                  title={`${span.label}: ${absoluteTime(span.from, zone)} to ${span.until ? absoluteTime(span.until, zone) : 'now'}`}
                  className={cx(
                    'absolute inset-y-0 flex min-w-1 items-center overflow-hidden rounded-[5px] px-1.5 text-small whitespace-nowrap',
                    looks[span.look],
                  )}
                  style={{ left: `${left}%`, width: `calc(${share(span.until ?? until) - left}% - 1px)` }}
                >
                  <span className="truncate">{span.label}</span>
                </div>
              );
            })}
          </div>
        </div>
      ))}
      {at && (
        <div aria-hidden className="pointer-events-none absolute inset-y-3 right-3 left-[calc(3rem+20px)]">
          <div className="absolute inset-y-0 w-px bg-bad-mark" style={{ left: `${share(at)}%` }} />
        </div>
      )}
    </figure>
  );
}

function tickText(at: Date, whole: number, zone: Zone): string {
  const text = absoluteTime(at, zone, { zoneName: false });
  if (whole < 600_000) return text.slice(11);
  if (whole < 86_400_000) return text.slice(11, 16);
  if (whole < 20 * 86_400_000) return text.slice(5, 16);
  return dayText(at, zone);
}

'use client';
import { cx } from './cx';
import { absoluteTime } from './time-text';
import { zoneLabel } from './time-zone';
import { useZone } from './zone';

export interface Bucket {
  from: Date;
  until: Date;
  count: number;
  /** How many of them are bad; drawn in red at the foot of the bar. */
  bad: number;
}

interface HistogramProps {
  label: string;
  buckets: readonly Bucket[];
  onSelect: (bucket: Bucket) => void;
}

export function Histogram({ label, buckets, onSelect }: HistogramProps) {
  const { zone } = useZone();
  const most = Math.max(1, ...buckets.map((bucket) => bucket.count));
  const first = buckets[0];
  const last = buckets.at(-1);
  const middle = buckets[buckets.length >> 1];
  const shortTime = (at: Date) => absoluteTime(at, zone, { zoneName: false }).slice(5, 16);
  return (
    <figure
      aria-label={label}
      className="rounded-panel border border-line-subtle bg-surface-base px-3 pt-2.5 pb-2"
    >
      <div className="flex h-13 items-stretch gap-0.5 max-sm:gap-px">
        {buckets.map((bucket) => {
          const text = `${bucket.count} from ${absoluteTime(bucket.from, zone)}${bucket.bad ? `, ${bucket.bad} failed or refused` : ''}`;
          return (
            <button
              key={bucket.from.getTime()}
              type="button"
              title={text}
              aria-label={text}
              tabIndex={bucket.count ? 0 : -1}
              onClick={() => onSelect(bucket)}
              className="group flex min-w-0 flex-1 flex-col justify-end outline-offset-0"
            >
              <span
                className={cx(
                  'w-full rounded-t-[1.5px] bg-accent-line group-hover:bg-accent-solid',
                  !bucket.count && 'bg-line-subtle',
                )}
                style={{
                  height: bucket.count
                    ? `${Math.max(6, ((bucket.count - bucket.bad) / most) * 100)}%`
                    : '2px',
                }}
              />
              {bucket.bad > 0 && (
                <span
                  className="w-full bg-bad-mark"
                  style={{ height: `${Math.max(6, (bucket.bad / most) * 100)}%` }}
                />
              )}
            </button>
          );
        })}
      </div>
      <figcaption className="mt-1.5 flex justify-between text-micro text-faint" suppressHydrationWarning>
        <span>{first && shortTime(first.from)}</span>
        <span className="max-sm:hidden">{middle && shortTime(middle.from)}</span>
        <span>
          {last && shortTime(last.until)} {zoneLabel(zone)}
        </span>
      </figcaption>
    </figure>
  );
}

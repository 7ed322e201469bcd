'use client';
import { type PointerEvent, useId, useState } from 'react';
import { chartTicks } from './chart-ticks';
import { cx } from './cx';
import { absoluteTime } from './time-text';
import { zoneLabel } from './time-zone';
import { useZone } from './zone';

export interface ChartPoint {
  /** ms since 1970 */
  at: number;
  /** null: unknown; no line is drawn across it */
  value: number | null;
}

export interface ChartLine {
  name: string;
  points: readonly ChartPoint[];
}

interface LineChartProps {
  label: string;
  /** What one value reads as: "412 MiB". */
  text: (value: number) => string;
  /** The values are bytes: the scale is lined at powers of two. */
  bytes?: boolean;
  lines: readonly ChartLine[];
  from: number;
  to: number;
  /** Before this there was nothing to report: no gap. */
  since: number;
  /** Drawn dashed, with its name. */
  limit?: { name: string; value: number } | null;
  /** Moments that are marked under the axis. */
  marks?: readonly { at: number; text: string }[];
  /** The top of the scale when no value is higher. */
  atLeast: number;
  /** The moment that the pointer is at, on this chart or on one beside it. */
  hover: number | null;
  onHover: (at: number | null) => void;
}

const WIDTH = 1000;
const HEIGHT = 100;
/** In this order; from the second on also told apart by their dashes. */
const looks = [
  { className: 'stroke-accent-solid', dash: undefined },
  { className: 'stroke-warn-mark', dash: '6 3' },
  { className: 'stroke-ok-mark', dash: '2 3' },
] as const;

/** Values over time: lines of 1.5 px, from 0, with a gap where nothing is known. */
export function LineChart(props: LineChartProps) {
  const { label, text, lines, from, to, since, limit, marks = [], hover, onHover } = props;
  const { zone } = useZone();
  const hatch = useId();
  const [asTable, setAsTable] = useState(false);
  const values = lines.flatMap(({ points }) => points.flatMap(({ value }) => value ?? []));
  const highest = Math.max(props.atLeast, ...values);
  // A limit far above all that was used would press the lines to the floor
  const top = (limit && limit.value <= highest * 4 ? Math.max(limit.value, highest) : highest) * 1.08;
  const ticks = chartTicks(top, props.bytes ?? false);
  const x = (at: number) => ((at - from) / (to - from)) * WIDTH;
  const y = (value: number) => HEIGHT - (value / top) * HEIGHT;
  const reach = (event: PointerEvent<SVGSVGElement>) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    onHover(from + ((event.clientX - left) / width) * (to - from));
  };
  const at = hover ?? lines[0]?.points.findLast(({ value }) => value !== null)?.at ?? to;
  const time = (moment: number) => absoluteTime(new Date(moment), zone, { zoneName: false }).slice(5, 16);
  const gaps = gapsOf(lines[0]?.points ?? [], Math.max(from, since), to);

  return (
    <figure aria-label={label} className="min-w-0 px-3 pt-2 pb-2.5">
      <div className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5 pb-1.5">
        {lines.map((line, index) => (
          <span key={line.name} className="inline-flex items-center gap-1.5 text-small text-muted">
            <svg aria-hidden="true" viewBox="0 0 16 2" className="h-0.5 w-4">
              <line
                x1={0}
                x2={16}
                y1={1}
                y2={1}
                className={looks[index % looks.length]?.className}
                strokeDasharray={looks[index % looks.length]?.dash}
                strokeWidth={2}
              />
            </svg>
            {line.name}
            <span className="mono text-default">{valueText(valueAt(line.points, at), text)}</span>
          </span>
        ))}
        {limit && (
          <span className="ml-auto text-small text-muted">
            {limit.name} <span className="mono text-default">{text(limit.value)}</span>
            {limit.value > top && ', far above'}
          </span>
        )}
      </div>
      <div className="relative pl-16">
        <div aria-hidden className="text-micro text-faint">
          {[0, ...ticks].map((tick) => (
            <span
              key={tick}
              className="absolute left-0 w-14 -translate-y-1/2 text-right whitespace-nowrap"
              style={{ top: `${y(tick)}%` }}
            >
              {tick === 0 ? 0 : text(tick)}
            </span>
          ))}
        </div>
        <svg
          role="img"
          aria-label={`${label}: ${lines.map((line) => `${line.name} ${valueText(valueAt(line.points, at), text)}`).join(', ')}`}
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          preserveAspectRatio="none"
          className="block h-24 w-full touch-pan-y border-b border-line-default"
          onPointerMove={reach}
          onPointerLeave={() => onHover(null)}
        >
          <defs>
            <pattern
              id={hatch}
              width="8"
              height="8"
              patternUnits="userSpaceOnUse"
              patternTransform="rotate(45)"
            >
              <line x1="0" y1="0" x2="0" y2="8" className="stroke-line-default" strokeWidth="2" />
            </pattern>
          </defs>
          {ticks.map((tick) => (
            <line
              key={tick}
              x1={0}
              x2={WIDTH}
              y1={y(tick)}
              y2={y(tick)}
              className="stroke-line-subtle"
              vectorEffect="non-scaling-stroke"
            />
          ))}
          {gaps.map(([begin, end]) => (
            <rect
              key={begin}
              x={x(begin)}
              width={x(end) - x(begin)}
              y={0}
              height={HEIGHT}
              fill={`url(#${hatch})`}
            />
          ))}
          {lines.map((line, index) => (
            <g key={line.name} fill="none" vectorEffect="non-scaling-stroke">
              {index === 0 && (
                <path d={areas(line.points, x, y)} className="fill-accent-solid opacity-[0.08]" />
              )}
              <path
                d={path(line.points, x, y)}
                className={looks[index % looks.length]?.className}
                strokeDasharray={looks[index % looks.length]?.dash}
                strokeWidth={1.5}
                strokeLinejoin="round"
                vectorEffect="non-scaling-stroke"
              />
            </g>
          ))}
          {limit && limit.value <= top && (
            <line
              x1={0}
              x2={WIDTH}
              y1={y(limit.value)}
              y2={y(limit.value)}
              className="stroke-bad-mark"
              strokeDasharray="5 4"
              vectorEffect="non-scaling-stroke"
            />
          )}
          {hover !== null && (
            <line
              x1={x(hover)}
              x2={x(hover)}
              y1={0}
              y2={HEIGHT}
              className="stroke-line-control"
              vectorEffect="non-scaling-stroke"
            />
          )}
        </svg>
      </div>
      <div className="relative ml-16 h-3">
        {marks
          .filter((mark) => mark.at >= from && mark.at <= to)
          .map((mark) => (
            <span
              key={`${mark.at} ${mark.text}`}
              role="img"
              aria-label={`${mark.text}, ${time(mark.at)}`}
              title={`${mark.text}, ${time(mark.at)}`}
              className="absolute top-0.5 size-2 -translate-x-1/2 rotate-45 bg-bad-mark"
              style={{ left: `${x(mark.at) / 10}%` }}
            />
          ))}
      </div>
      <figcaption
        className="ml-16 flex justify-between gap-2 text-micro whitespace-nowrap text-faint max-sm:ml-0"
        suppressHydrationWarning
      >
        <span>{time(from)}</span>
        <span className="mono text-muted">{hover !== null && time(hover)}</span>
        <span>
          {time(to)} <span className={cx(hover !== null && 'max-sm:hidden')}>{zoneLabel(zone)}</span>
        </span>
      </figcaption>
      <button
        type="button"
        aria-expanded={asTable}
        onClick={() => setAsTable(!asTable)}
        className="mt-1 text-micro text-faint hover:text-strong hover:underline pointer-coarse:py-2"
      >
        {asTable ? 'Hide the table' : 'View as table'}
      </button>
      {asTable && <Values {...props} time={time} />}
    </figure>
  );
}

const ROWS = 12;

/** The same in words: as many moments as can be read at a glance. */
function Values({ label, lines, text, time }: LineChartProps & { time: (at: number) => string }) {
  const known = (lines[0]?.points ?? []).filter(({ value }) => value !== null);
  const step = Math.max(1, Math.ceil(known.length / ROWS));
  const moments = known.filter((_, index) => (known.length - 1 - index) % step === 0);
  return (
    <table aria-label={`${label}, values`} className="mt-1 w-full text-small">
      <thead>
        <tr className="text-left text-muted">
          <th className="font-medium">Time</th>
          {lines.map((line) => (
            <th key={line.name} className="text-right font-medium">
              {line.name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody className="mono">
        {moments.map(({ at }) => (
          <tr key={at} className="border-t border-line-subtle">
            <td>{time(at)}</td>
            {lines.map((line) => (
              <td key={line.name} className="text-right">
                {valueText(valueAt(line.points, at), text)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const valueText = (value: number | null, text: (value: number) => string) =>
  value === null ? 'no report' : text(value);

/** The value that was reported last at a moment, null within a gap. */
function valueAt(points: readonly ChartPoint[], at: number): number | null {
  return points.findLast((point) => point.at <= at)?.value ?? null;
}

type Scale = (value: number) => number;

/** Runs of known points. */
function runs(points: readonly ChartPoint[]): { at: number; value: number }[][] {
  const found: { at: number; value: number }[][] = [[]];
  for (const { at, value } of points) {
    if (value === null) found.push([]);
    else found.at(-1)?.push({ at, value });
  }
  return found.filter((run) => run.length > 0);
}

function path(points: readonly ChartPoint[], x: Scale, y: Scale): string {
  return runs(points)
    .map((run) => {
      const [first] = run;
      // One point alone is a dot: a line needs two ends
      const from = run.length === 1 && first ? `M${x(first.at) - 1} ${y(first.value)}` : '';
      return (
        from +
        run
          .map((point, index) => `${index === 0 && !from ? 'M' : 'L'}${x(point.at)} ${y(point.value)}`)
          .join('')
      );
    })
    .join('');
}

function areas(points: readonly ChartPoint[], x: Scale, y: Scale): string {
  return runs(points)
    .map((run) => {
      const [first, last] = [run[0], run.at(-1)];
      if (!first || !last) return '';
      const line = run.map((point) => `L${x(point.at)} ${y(point.value)}`).join('');
      return `M${x(first.at)} ${HEIGHT}${line}L${x(last.at)} ${HEIGHT}Z`;
    })
    .join('');
}

/** Where nothing is known: before the first value, between two runs, after the last. */
function gapsOf(points: readonly ChartPoint[], from: number, to: number): [number, number][] {
  const known = runs(points);
  const edges = [from, ...known.flatMap((run) => [run[0]?.at ?? from, run.at(-1)?.at ?? from]), to];
  const gaps: [number, number][] = [];
  for (let index = 0; index + 1 < edges.length; index += 2) {
    const [begin = from, end = to] = [edges[index], edges[index + 1]];
    // Less than a report's distance is no gap
    if (end - begin > (to - from) / 100) gaps.push([begin, end]);
  }
  return gaps;
}

import { absoluteTime } from '@/ui/time-text';
import { type Zone, zoneLabel } from '@/ui/time-zone';

export interface TimeRange {
  from: Date;
  to: Date;
}

export const ranges = [
  { value: 'now-1h', label: 'Last hour', ms: 3_600_000 },
  { value: 'now-24h', label: 'Last 24 hours', ms: 86_400_000 },
  { value: 'now-7d', label: 'Last 7 days', ms: 7 * 86_400_000 },
  { value: 'now-30d', label: 'Last 30 days', ms: 30 * 86_400_000 },
  { value: 'now-365d', label: 'Last year', ms: 365 * 86_400_000 },
] as const;

/** `from` and `to` of the URL as moments; a relative range ends now and moves with it. */
export function readRange(from: string, to: string | null, now: Date): TimeRange {
  const relative = ranges.find((range) => range.value === from);
  if (relative) return { from: new Date(now.getTime() - relative.ms), to: now };
  const start = new Date(from);
  const end = to ? new Date(to) : now;
  if (Number.isNaN(start.getTime()) || Number.isNaN(end.getTime())) return readRange('now-24h', null, now);
  return { from: start, to: end };
}

export function rangeText(from: string, range: TimeRange, zone: Zone): string {
  const relative = ranges.find((each) => each.value === from);
  const zoneName = zoneLabel(zone);
  if (relative) return `${relative.label} · ${zoneName}`;
  const short = (at: Date) => absoluteTime(at, zone, { zoneName: false }).slice(5, 16);
  return `${short(range.from)} to ${short(range.to)} ${zoneName}`;
}

import { type Zone, zoneOffset } from './time-zone.ts';

export type { Zone } from './time-zone.ts';

const pad = (n: number) => String(n).padStart(2, '0');
/** A date whose UTC fields are what a clock of the zone shows. */
const shifted = (at: Date, zone: Zone) => new Date(at.getTime() + zoneOffset(at, zone));

/** "2026-11-22 14:31:58 UTC", or the same in another zone with its offset. */
export function absoluteTime(at: Date, zone: Zone, opts: { zoneName?: boolean; ms?: boolean } = {}): string {
  const { zoneName = true, ms = false } = opts;
  const day = dayText(at, zone);
  const clock = clockText(at, zone) + (ms ? `.${String(at.getUTCMilliseconds()).padStart(3, '0')}` : '');
  return `${day} ${clock}${zoneName ? ` ${zone === 'utc' ? 'UTC' : offsetText(zoneOffset(at, zone))}` : ''}`;
}

export function dayText(at: Date, zone: Zone): string {
  return shifted(at, zone).toISOString().slice(0, 10);
}

export function clockText(at: Date, zone: Zone): string {
  return shifted(at, zone).toISOString().slice(11, 19);
}

function offsetText(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  const size = Math.abs(minutes);
  return `UTC${minutes < 0 ? '−' : '+'}${pad(Math.floor(size / 60))}:${pad(size % 60)}`;
}

/** "4 s ago", "6 min ago"; a day and more is given as the moment itself. */
export function relativeTime(at: Date, now: Date): string | null {
  const seconds = Math.round((now.getTime() - at.getTime()) / 1000);
  const size = Math.abs(seconds);
  if (size >= 86_400) return null;
  const text = size < 1 ? 'now' : durationText(size * 1000);
  if (size < 1) return text;
  return seconds > 0 ? `${text} ago` : `in ${text}`;
}

/** The largest unit alone below an hour, two units above: "34 s", "6 min", "3 h 12 min", "12 d". */
export function durationText(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  return `${Math.floor(hours / 24)} d`;
}

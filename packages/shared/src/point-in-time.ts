import { parseDuration } from './duration.ts';

/**
 * The moment that a person wrote: `now`, ISO 8601, `2026-08-03 14:03` (local time of this process, UTC with
 * Z), or a duration, which lies before `now` or after it as `direction` says (`-2h` and `2h ago` are always
 * before, `+2h` always after). Null when it is none of these.
 */
export function parsePointInTime(text: string, now: Date, direction: 'before' | 'after'): Date | null {
  const trimmed = text.trim();
  if (trimmed === 'now') return now;
  const relative = /^([+-]?)([0-9a-z]+?)(\s+ago)?$/.exec(trimmed);
  const span = relative === null ? null : parseDuration(relative[2] ?? '');
  if (relative !== null && span !== null) {
    const before =
      relative[3] !== undefined || relative[1] === '-' || (relative[1] === '' && direction === 'before');
    return new Date(now.getTime() + (before ? -span : span));
  }
  if (!/^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?)?$/.test(trimmed))
    return null;
  // A date alone would be read as UTC, a date with a time as local: both are local here.
  const local = /^\d{4}-\d{2}-\d{2}$/.test(trimmed)
    ? `${trimmed}T00:00`
    : trimmed.replace(' ', 'T').replace(/\s+/g, '');
  const moment = new Date(local);
  return Number.isNaN(moment.getTime()) ? null : moment;
}

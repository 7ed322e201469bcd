import * as z from 'zod';

const MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
type Unit = keyof typeof MS;

/** Milliseconds of `30s`, `1h30m`, `30d`; null when it is no duration. A number alone needs a unit. */
export function parseDuration(text: string): number | null {
  const trimmed = text.trim();
  if (trimmed === '0') return 0;
  if (!/^(\d+(ms|[smhdw]))+$/.test(trimmed)) return null;
  let total = 0;
  for (const [, count, unit] of trimmed.matchAll(/(\d+)(ms|[smhdw])/g)) {
    total += Number(count) * MS[unit as Unit];
  }
  return Number.isSafeInteger(total) ? total : null;
}

/** The largest units that are exact: 3600000 → `1h`, 90000 → `1m30s`. Reads back to the same number. */
export function formatDuration(ms: number): string {
  let rest = ms;
  let text = '';
  for (const unit of ['d', 'h', 'm', 's', 'ms'] as const) {
    const count = Math.floor(rest / MS[unit]);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * MS[unit];
  }
  return text === '' ? '0s' : text;
}

/** A duration as people write it; milliseconds after parsing. */
export const Duration = z.string().transform((text, context) => {
  const ms = parseDuration(text);
  if (ms !== null) return ms;
  context.addIssue({ code: 'custom', message: `${text} is not a duration: write it as 30s, 10m, 1h or 30d` });
  return z.NEVER;
});

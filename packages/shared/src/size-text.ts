const UNITS = ['', 'K', 'M', 'G', 'T'] as const;

/** Bytes of `256M`, `1G`, `512KiB` or a bare number; null when it is no size. Units are powers of 1024. */
export function parseSize(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?$/i.exec(text.trim());
  if (match === null) return null;
  const unit = UNITS.indexOf((match[2] ?? '').toUpperCase() as (typeof UNITS)[number]);
  const bytes = Number(match[1]) * 1024 ** unit;
  return Number.isSafeInteger(bytes) ? bytes : null;
}

/** The shortest exact form, read back by parseSize to the same number: 268435456 → `256M`. */
export function formatSize(bytes: number): string {
  let unit = 0;
  let value = bytes;
  while (unit < UNITS.length - 1 && value >= 1024 && value % 1024 === 0) {
    value /= 1024;
    unit += 1;
  }
  return `${value}${UNITS[unit]}`;
}

/** As a person reads it, not exact: 3355443 → `3.2M`. */
export function sizeText(bytes: number): string {
  const unit = bytes < 1024 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), UNITS.length - 1);
  return `${Math.round((bytes / 1024 ** unit) * 10) / 10}${UNITS[unit]}`;
}

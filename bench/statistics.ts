/** What a series of measurements is told by. */
export interface Spread {
  count: number;
  median: number;
  least: number;
  /** nine tenths lie below it */
  p90: number;
  /** half of all lie between these */
  quartiles: [number, number];
}

export function spreadOf(values: readonly number[]): Spread {
  if (values.length === 0) throw new Error('nothing was measured');
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  const middle = sorted.length / 2;
  const median =
    sorted.length % 2 === 1
      ? (sorted[Math.floor(middle)] ?? 0)
      : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
  return {
    count: sorted.length,
    median,
    least: sorted[0] ?? 0,
    p90: at(0.9),
    quartiles: [at(0.25), at(0.75)],
  };
}

/** Three significant digits, never in exponents. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return '-';
  const digits = value === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(digits, 3));
}

/**
 * Where a scale from 0 to `top` is lined: one to four values that read well, upwards, 0 left out. Bytes are lined
 * in steps of a power of two, everything else in steps of 1, 2 or 5 of a power of ten.
 */
export function chartTicks(top: number, bytes: boolean): number[] {
  const least = top / 4;
  const power = 10 ** Math.floor(Math.log10(least));
  const step = bytes
    ? 2 ** Math.ceil(Math.log2(least))
    : power * ([1, 2, 5].find((part) => part * power >= least) ?? 10);
  return Array.from({ length: Math.floor(top / step) }, (_, index) => (index + 1) * step);
}

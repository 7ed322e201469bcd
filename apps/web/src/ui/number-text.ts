/** "1,284". */
export function countText(n: number): string {
  return n.toLocaleString('en');
}

/** Binary units, a thin space before the unit: "412 MiB". */
export function bytesText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value >= 100 || Number.isInteger(value) ? Math.round(value) : value.toFixed(1)}\u2009${units[unit]}`;
}

/** Cut in the middle: "9f3c…e1a0". */
export function shortId(id: string, keep = 4): string {
  return id.length <= keep * 2 + 1 ? id : `${id.slice(0, keep)}…${id.slice(-keep)}`;
}

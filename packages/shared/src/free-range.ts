import { formatIp, ipFamily } from './ip-address.ts';
import type { AddressRange } from './ip-pool.ts';
import { ipValue, usableRange } from './subnet.ts';

/** The longest range of a subnet's usable addresses that lies in no pool; null where there is none. */
export function freeRange(prefix: string, pools: readonly AddressRange[]): AddressRange | null {
  const usable = usableRange(prefix);
  if (usable === null) return null;
  const family = ipFamily(usable.first);
  const taken = pools
    .filter((pool) => ipFamily(pool.first) === family)
    .map((pool) => ({ first: ipValue(pool.first), last: ipValue(pool.last) }))
    .sort((a, b) => (a.first < b.first ? -1 : 1));
  const end = ipValue(usable.last);
  let best: { first: bigint; last: bigint } | null = null;
  let from = ipValue(usable.first);
  for (const range of [...taken, { first: end + 1n, last: end + 1n }]) {
    const last = range.first - 1n < end ? range.first - 1n : end;
    if (last >= from && (best === null || last - from > best.last - best.first)) best = { first: from, last };
    if (range.last + 1n > from) from = range.last + 1n;
  }
  return best && { first: formatIp(family, best.first), last: formatIp(family, best.last) };
}

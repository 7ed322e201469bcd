import { formatIp, ipFamily, parseIp } from './ip-address.ts';
import { ipValue, knownPrefix } from './subnet.ts';

/** A range of addresses of one network, with the subnet that it lies in. */
export interface Pool {
  first: string;
  last: string;
  coolingSeconds: number;
  subnet: { prefix: string; gateway: string | null };
}

/** What is known of an address that was ever used: its newest interval. */
export interface UsedAddress {
  address: string;
  /** `wanted` and `assigned` are open; `releasing` waits for its host; `released` is over */
  state: 'wanted' | 'assigned' | 'releasing' | 'released';
  jail: string;
  /** moment of the host's confirmation, when released */
  seenGone: Date | null;
}

export interface AddressRange {
  first: string;
  last: string;
}

/** What of a pool is taken: newest intervals, reservations in force, addresses that hosts have themselves. */
export interface PoolUse {
  used: readonly UsedAddress[];
  reserved: readonly AddressRange[];
  hostAddresses: readonly string[];
}

export interface PoolCount {
  size: bigint;
  assigned: number;
  releasing: number;
  cooling: number;
  reserved: number;
  free: bigint;
  /** when the next cooling address is free again */
  nextFreeAt: Date | null;
}

interface Span {
  first: bigint;
  last: bigint;
}

/**
 * The address that is given next: the lowest that was never used, then the one whose release was confirmed
 * longest ago. `jail` may retake at once what it held last. null: nothing is free.
 */
export function nextFree(pool: Pool, use: PoolUse, now: Date, jail: string | null = null): string | null {
  const family = ipFamily(pool.first);
  const blocked = blockedSpans(pool, use);
  const everUsed = use.used.map(({ address }) => spanOf({ first: address, last: address }));
  const fresh = lowestOutside(spanOf(pool), [...blocked, ...everUsed]);
  if (fresh !== null) return formatIp(family, fresh);
  const again = use.used
    .filter((used) => used.state === 'released' && !isCooling(pool, used, now, jail))
    .filter(({ address }) => inside(spanOf(pool), ipValue(address)))
    .filter(({ address }) => !blocked.some((span) => inside(span, ipValue(address))))
    .sort((a, b) => releasedAt(a) - releasedAt(b) || (ipValue(a.address) < ipValue(b.address) ? -1 : 1));
  return again[0]?.address ?? null;
}

/** How a pool stands; the sum of the parts is its size. A reserved address that is assigned counts as assigned. */
export function countPool(pool: Pool, use: PoolUse, now: Date): PoolCount {
  const range = spanOf(pool);
  const blocked = mergeSpans(blockedSpans(pool, use));
  const isBlocked = (value: bigint) => blocked.some((span) => inside(span, value));
  let [assigned, releasing, cooling, blockedButHeld] = [0, 0, 0, 0];
  let nextFreeAt: Date | null = null;
  for (const used of use.used) {
    const value = ipValue(used.address);
    if (!inside(range, value)) continue;
    if (used.state === 'released') {
      if (isBlocked(value) || !isCooling(pool, used, now, null)) continue;
      cooling += 1;
      const until = coolingUntil(pool, used);
      if (until && (nextFreeAt === null || until < nextFreeAt)) nextFreeAt = until;
      continue;
    }
    if (used.state === 'releasing') releasing += 1;
    else assigned += 1;
    if (isBlocked(value)) blockedButHeld += 1;
  }
  const size = range.last - range.first + 1n;
  const blockedSize = blocked.reduce((sum, span) => sum + span.last - span.first + 1n, 0n);
  const reserved = Number(blockedSize) - blockedButHeld;
  const free = size - blockedSize - BigInt(assigned + releasing + cooling - blockedButHeld);
  return { size, assigned, releasing, cooling, reserved, free, nextFreeAt };
}

/** Until when a released address is kept from everybody but its last holder; null: it is not. */
export function coolingUntil(pool: Pick<Pool, 'coolingSeconds'>, used: UsedAddress): Date | null {
  if (used.state !== 'released' || used.seenGone === null) return null;
  return new Date(used.seenGone.getTime() + pool.coolingSeconds * 1000);
}

export function isCooling(
  pool: Pick<Pool, 'coolingSeconds'>,
  used: UsedAddress,
  now: Date,
  jail: string | null,
): boolean {
  const until = coolingUntil(pool, used);
  return until !== null && until > now && used.jail !== jail;
}

/** Reserved ranges and the addresses that no jail can have, cut to the pool. */
function blockedSpans(pool: Pool, use: PoolUse): Span[] {
  const subnet = knownPrefix(pool.subnet.prefix);
  const single = [subnet.first, ...(subnet.type === 'v4' ? [subnet.last] : [])];
  if (pool.subnet.gateway !== null) single.push(ipValue(pool.subnet.gateway));
  for (const address of use.hostAddresses) {
    const ip = parseIp(address);
    if (ip.type === subnet.type) single.push(ip.value);
  }
  const spans = [...single.map((value) => ({ first: value, last: value })), ...use.reserved.map(spanOf)];
  const range = spanOf(pool);
  return spans
    .filter((span) => span.last >= range.first && span.first <= range.last)
    .map(({ first, last }) => ({
      // biome-ignore lint/complexity/useMathMinMax: Math.max takes no bigint
      first: first < range.first ? range.first : first,
      // biome-ignore lint/complexity/useMathMinMax: Math.min takes no bigint
      last: last > range.last ? range.last : last,
    }));
}

function lowestOutside(range: Span, taken: Span[]): bigint | null {
  let candidate = range.first;
  for (const span of mergeSpans(taken)) {
    if (candidate < span.first) break;
    if (candidate <= span.last) candidate = span.last + 1n;
  }
  return candidate <= range.last ? candidate : null;
}

function mergeSpans(spans: Span[]): Span[] {
  const merged: Span[] = [];
  for (const span of spans.toSorted((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0))) {
    const before = merged.at(-1);
    if (before && span.first <= before.last + 1n) {
      if (span.last > before.last) before.last = span.last;
    } else merged.push({ ...span });
  }
  return merged;
}

function spanOf(range: AddressRange): Span {
  return { first: ipValue(range.first), last: ipValue(range.last) };
}

function inside(span: Span, value: bigint): boolean {
  return value >= span.first && value <= span.last;
}

function releasedAt(used: UsedAddress): number {
  return used.seenGone?.getTime() ?? 0;
}

import { formatIp, type ParsedPrefix, parseIp, parsePrefix } from './ip-address.ts';

type Prefix = Exclude<ParsedPrefix, { type: 'error' }>;

/** A subnet that is known to be one; throws on text that the schema would not have let through. */
export function knownPrefix(text: string): Prefix {
  const prefix = parsePrefix(text);
  if (prefix.type === 'error') throw new TypeError(prefix.message);
  return prefix;
}

/** The number of an address that is known to be one. */
export function ipValue(address: string): bigint {
  const ip = parseIp(address);
  if (ip.type === 'error') throw new TypeError(ip.message);
  return ip.value;
}

/**
 * First and last address that a jail or gateway may have. The first of a subnet names the subnet (v4) or
 * all its routers (v6); the last of a v4 subnet is its broadcast. null: too small to hold a gateway and a jail.
 */
export function usableRange(prefix: string): { first: string; last: string } | null {
  const { type, first, last } = knownPrefix(prefix);
  const lastUsable = type === 'v4' ? last - 1n : last;
  if (lastUsable - first < 2n) return null;
  return { first: formatIp(type, first + 1n), last: formatIp(type, lastUsable) };
}

export function prefixContains(prefix: string, address: string): boolean {
  const subnet = knownPrefix(prefix);
  const ip = parseIp(address);
  return ip.type === subnet.type && ip.value >= subnet.first && ip.value <= subnet.last;
}

export function prefixesOverlap(a: string, b: string): boolean {
  const [left, right] = [knownPrefix(a), knownPrefix(b)];
  return left.type === right.type && left.first <= right.last && right.first <= left.last;
}

/** What an address is to its subnet, when no jail can have it. */
export function subnetRole(
  subnet: { prefix: string; gateway: string | null },
  address: string,
): 'network' | 'broadcast' | 'gateway' | null {
  const { type, first, last } = knownPrefix(subnet.prefix);
  const value = ipValue(address);
  if (value === first) return 'network';
  if (type === 'v4' && value === last) return 'broadcast';
  if (subnet.gateway !== null && value === ipValue(subnet.gateway)) return 'gateway';
  return null;
}

import { Address4, Address6 } from 'ip-address';
import * as z from 'zod';

export type ParsedIp =
  | { type: 'v4' | 'v6'; address: string; value: bigint }
  | { type: 'error'; message: string };

export type ParsedPrefix =
  | { type: 'v4' | 'v6'; prefix: string; first: bigint; last: bigint; length: number }
  | { type: 'error'; message: string };

/** Parses a bare address to its canonical form (RFC 5952 for v6). Octal, hex, short forms, zones and
 *  v4-mapped forms are refused: each has been read as two different addresses by two programs. */
export function parseIp(text: string): ParsedIp {
  if (/[/%\s]/.test(text))
    return {
      type: 'error',
      message: `${text} is not a bare IP address: leave out / and %, and write it as 10.0.0.5 or fd00::5`,
    };
  try {
    if (!text.includes(':')) {
      const v4 = new Address4(text);
      return { type: 'v4', address: v4.correctForm(), value: v4.bigInt() };
    }
    if (text.includes('.'))
      return { type: 'error', message: `${text} mixes IPv4 and IPv6: write it in one form` };
    const v6 = new Address6(text);
    return { type: 'v6', address: v6.correctForm(), value: v6.bigInt() };
  } catch {
    return { type: 'error', message: `${text} is not an IP address: write it as 10.0.0.5 or fd00::5` };
  }
}

/** Parses `address/length`; `prefix` is the network with the host bits cleared, first and last are its ends. */
export function parsePrefix(text: string): ParsedPrefix {
  const [bare, lengthText, ...rest] = text.split('/');
  if (bare === undefined || lengthText === undefined || rest.length > 0 || !/^\d{1,3}$/.test(lengthText)) {
    return { type: 'error', message: `${text} is not a subnet: write it as 10.0.0.0/24 or fd00::/64` };
  }
  const ip = parseIp(bare);
  if (ip.type === 'error') return ip;
  const bits = ip.type === 'v4' ? 32 : 128;
  const length = Number(lengthText);
  if (length > bits)
    return {
      type: 'error',
      message: `${text} has a prefix length above ${bits}: write it as 10.0.0.0/24 or fd00::/64`,
    };
  const size = 1n << BigInt(bits - length);
  const first = (ip.value / size) * size;
  return {
    type: ip.type,
    prefix: `${formatIp(ip.type, first)}/${length}`,
    first,
    last: first + size - 1n,
    length,
  };
}

export function formatIp(type: 'v4' | 'v6', value: bigint): string {
  return type === 'v4' ? Address4.fromBigInt(value).correctForm() : Address6.fromBigInt(value).correctForm();
}

/** The family of an address that is known to be one. */
export function ipFamily(address: string): 'v4' | 'v6' {
  return address.includes(':') ? 'v6' : 'v4';
}

/** A bare address, canonical after parsing. */
export const IpAddress = z.string().transform((text, context) => {
  const ip = parseIp(text);
  if (ip.type !== 'error') return ip.address;
  context.addIssue({ code: 'custom', message: ip.message });
  return z.NEVER;
});

/** A subnet, canonical after parsing; host bits must be clear. */
export const Subnet = z.string().transform((text, context) => {
  const parsed = parsePrefix(text);
  if (parsed.type === 'error') {
    context.addIssue({ code: 'custom', message: parsed.message });
    return z.NEVER;
  }
  const bare = parseIp(text.slice(0, text.indexOf('/')));
  if (bare.type !== 'error' && bare.value !== parsed.first) {
    context.addIssue({
      code: 'custom',
      message: `${text} has host bits set: the subnet is ${parsed.prefix}`,
    });
    return z.NEVER;
  }
  return parsed.prefix;
});

import { formatIp } from './ip-address.ts';

/** The link-local address that a kernel makes from a MAC (EUI-64, RFC 4291 appendix A). */
export function linkLocalOf(mac: string): string {
  const bytes = mac.split(':').map((part) => Number.parseInt(part, 16));
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = bytes;
  const identifier = [a ^ 0x02, b, c, 0xff, 0xfe, d, e, f];
  const low = identifier.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
  return formatIp('v6', (0xfe80n << 112n) | low);
}

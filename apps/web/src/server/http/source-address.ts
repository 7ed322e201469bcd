import { isIPv6 } from 'node:net';

/** The peer's address as people write it: v4 addresses that arrive on a v6 socket are v4 addresses. */
export function sourceAddressOf(remoteAddress: string | undefined): string | null {
  if (remoteAddress === undefined) return null;
  return remoteAddress.replace(/^::ffff:(?=\d+\.)/, '').replace(/%.*$/, '');
}

export function isLoopback(address: string | undefined): boolean {
  const source = sourceAddressOf(address);
  return source !== null && (source === '::1' || source.startsWith('127.'));
}

/** What tries are counted by: a v4 address, or the /64 of a v6 address, which one caller owns whole. */
export function sourceNetworkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail = ''] = address.toLowerCase().split('::');
  const front = head === '' ? [] : head.split(':');
  const back = tail === '' ? [] : tail.split(':');
  const groups = address.includes('::')
    ? [...front, ...Array<string>(8 - front.length - back.length).fill('0'), ...back]
    : front;
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}

import { expect, it } from 'vitest';
import { sourceNetworkOf } from './source-address.ts';

it.each([
  ['192.0.2.1', '192.0.2.1'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:0DB8:0001:0002:3:4:5:6', '2001:db8:1:2::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1:2:3:4', 'fe80:0:0:0::/64'],
])('%s is counted as %s', (address, network) => {
  expect(sourceNetworkOf(address)).toBe(network);
});

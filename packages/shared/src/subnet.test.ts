import { expect, test } from 'vitest';
import { prefixContains, prefixesOverlap, subnetRole, usableRange } from './subnet.ts';

test('usable addresses leave out network and broadcast', () => {
  expect(usableRange('10.0.0.0/24')).toEqual({ first: '10.0.0.1', last: '10.0.0.254' });
  expect(usableRange('10.0.0.4/30')).toEqual({ first: '10.0.0.5', last: '10.0.0.6' });
  expect(usableRange('10.0.0.0/29')).toEqual({ first: '10.0.0.1', last: '10.0.0.6' });
  expect(usableRange('fd00::/64')).toEqual({ first: 'fd00::1', last: 'fd00::ffff:ffff:ffff:ffff' });
  expect(usableRange('10.0.0.4/31')).toEqual(null);
});

test('what an address is to its subnet', () => {
  const subnet = { prefix: '10.0.0.0/24', gateway: '10.0.0.1' };
  expect(subnetRole(subnet, '10.0.0.0')).toBe('network');
  expect(subnetRole(subnet, '10.0.0.255')).toBe('broadcast');
  expect(subnetRole(subnet, '10.0.0.1')).toBe('gateway');
  expect(subnetRole(subnet, '10.0.0.2')).toBe(null);
  expect(subnetRole({ prefix: 'fd00::/120', gateway: null }, 'fd00::ff')).toBe(null);
  expect(subnetRole({ prefix: 'fd00::/120', gateway: null }, 'fd00::')).toBe('network');
});

test('containment and overlap never mix families', () => {
  expect(prefixContains('10.0.0.0/24', '10.0.0.255')).toBe(true);
  expect(prefixContains('10.0.0.0/24', '10.0.1.0')).toBe(false);
  expect(prefixContains('::/0', '10.0.0.1')).toBe(false);
  expect(prefixesOverlap('10.0.0.0/8', '10.20.0.0/24')).toBe(true);
  expect(prefixesOverlap('10.0.0.0/24', '10.0.1.0/24')).toBe(false);
  expect(prefixesOverlap('0.0.0.0/0', 'fd00::/64')).toBe(false);
});

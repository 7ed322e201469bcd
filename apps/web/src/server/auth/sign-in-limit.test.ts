import { describe, expect, it } from 'vitest';
import { sourceNetworkOf } from '../http/source-address.ts';
import { SignInLimit } from './sign-in-limit.ts';

const fail = (limit: SignInLimit, times: number, account: string | null, source: string | null) => {
  for (let i = 0; i < times; i++) {
    limit.check(account, source);
    limit.failed(account, source);
  }
};

describe('tries', () => {
  it('of an account end after five, and one comes back after half a minute', () => {
    let now = 0;
    const limit = new SignInLimit(() => now);
    fail(limit, 5, 'mira', null);
    expect(() => limit.check('mira', null)).toThrow('Too many tries. Next in 30 s.');
    now = 12_500;
    expect(() => limit.check('mira', null)).toThrow('Too many tries. Next in 18 s.');
    now = 30_000;
    fail(limit, 1, 'mira', null);
    expect(() => limit.check('mira', null)).toThrow('Too many tries');
  });

  it('of one account do not stop another', () => {
    const limit = new SignInLimit(() => 0);
    fail(limit, 5, 'mira', '192.0.2.1');
    limit.check('otto', '192.0.2.1');
  });

  it('of one source end, whatever names it tries', () => {
    const limit = new SignInLimit(() => 0);
    for (let i = 0; i < 20; i++) fail(limit, 1, `name${i}`, '192.0.2.1');
    expect(() => limit.check('other', '192.0.2.1')).toThrow('Too many tries');
    limit.check('other', '192.0.2.2');
  });

  it('of a v6 source are counted by its /64, since one caller owns all of it', () => {
    const limit = new SignInLimit(() => 0);
    for (let i = 0; i < 20; i++) fail(limit, 1, `name${i}`, `2001:db8:1:2::${i + 1}`);
    expect(() => limit.check('other', '2001:db8:1:2:ffff::1')).toThrow('Too many tries');
    limit.check('other', '2001:db8:1:3::1');
  });

  it('are not spent by signing in as it should be', () => {
    const limit = new SignInLimit(() => 0);
    for (let i = 0; i < 100; i++) limit.check('mira', '192.0.2.1');
  });
});

it.each([
  ['192.0.2.1', '192.0.2.1'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:0DB8:0001:0002:3:4:5:6', '2001:db8:1:2::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1:2:3:4', 'fe80:0:0:0::/64'],
])('%s is counted as %s', (address, network) => {
  expect(sourceNetworkOf(address)).toBe(network);
});

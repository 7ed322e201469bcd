import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countPool, nextFree, type Pool, type PoolUse, type UsedAddress } from './ip-pool.ts';

const NOW = new Date('2026-11-22T12:00:00Z');
const pool: Pool = {
  first: '10.0.0.1',
  last: '10.0.0.6',
  coolingSeconds: 3600,
  subnet: { prefix: '10.0.0.0/29', gateway: '10.0.0.1' },
};
const nothing: PoolUse = { used: [], reserved: [], hostAddresses: [] };
const held = (address: string, state: 'wanted' | 'assigned' | 'releasing' = 'assigned'): UsedAddress => ({
  address,
  state,
  jail: 'web1',
  seenGone: null,
});
const released = (address: string, minutesAgo: number, jail = 'web1'): UsedAddress => ({
  address,
  state: 'released',
  jail,
  seenGone: new Date(NOW.getTime() - minutesAgo * 60_000),
});

test('the lowest address that was never used is next; the gateway is skipped', () => {
  expect(nextFree(pool, nothing, NOW)).toBe('10.0.0.2');
  expect(nextFree(pool, { ...nothing, used: [held('10.0.0.2')] }, NOW)).toBe('10.0.0.3');
});

test('an address that was used waits until all others were', () => {
  const use = { ...nothing, used: [released('10.0.0.2', 600)] };
  expect(nextFree(pool, use, NOW)).toBe('10.0.0.3');
});

test('when all were used, the one released longest ago is next', () => {
  const used = ['2', '3', '4', '5', '6'].map((n, i) => released(`10.0.0.${n}`, 100 + (i === 2 ? 50 : 0)));
  expect(nextFree(pool, { ...nothing, used }, NOW)).toBe('10.0.0.4');
});

test('a cooling address is given to nobody but its last holder', () => {
  const used = [
    held('10.0.0.2'),
    held('10.0.0.3'),
    held('10.0.0.4'),
    held('10.0.0.5', 'releasing'),
    released('10.0.0.6', 59, 'db1'),
  ];
  const use = { ...nothing, used };
  expect(nextFree(pool, use, NOW)).toBe(null);
  expect(nextFree(pool, use, NOW, 'web9')).toBe(null);
  expect(nextFree(pool, use, NOW, 'db1')).toBe('10.0.0.6');
  expect(countPool(pool, use, NOW)).toEqual({
    size: 6n,
    assigned: 3,
    releasing: 1,
    cooling: 1,
    reserved: 1,
    free: 0n,
    nextFreeAt: new Date('2026-11-22T12:01:00Z'),
  });
});

test('reserved ranges and addresses of hosts are skipped and counted', () => {
  const use = {
    used: [held('10.0.0.4')],
    reserved: [{ first: '10.0.0.2', last: '10.0.0.3' }],
    hostAddresses: ['10.0.0.5', '192.0.2.1', 'fd00::5'],
  };
  expect(nextFree(pool, use, NOW)).toBe('10.0.0.6');
  expect(countPool(pool, use, NOW)).toMatchObject({ assigned: 1, reserved: 4, free: 1n });
});

test('a pool of 2^64 addresses is not walked', () => {
  const wide: Pool = {
    first: 'fd00::1',
    last: 'fd00::ffff:ffff:ffff:ffff',
    coolingSeconds: 0,
    subnet: { prefix: 'fd00::/64', gateway: 'fd00::1' },
  };
  expect(nextFree(wide, { ...nothing, used: [held('fd00::2')] }, NOW)).toBe('fd00::3');
  expect(countPool(wide, nothing, NOW).free).toBe(2n ** 64n - 2n);
});

test('what is given is free, in the pool, and the parts always sum to the size', () => {
  const state = fc.constantFrom('wanted', 'assigned', 'releasing', 'released') as fc.Arbitrary<
    UsedAddress['state']
  >;
  const used = fc.uniqueArray(
    fc.record({ n: fc.integer({ min: 0, max: 7 }), state, minutes: fc.integer({ min: 0, max: 120 }) }),
    { selector: ({ n }) => n },
  );
  const reserved = fc.array(
    fc.tuple(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 0, max: 3 })).map(([n, more]) => ({
      first: `10.0.0.${n}`,
      last: `10.0.0.${Math.min(7, n + more)}`,
    })),
    { maxLength: 2 },
  );
  fc.assert(
    fc.property(used, reserved, (records, ranges) => {
      const use: PoolUse = {
        used: records.map(({ n, state, minutes }) =>
          state === 'released' ? released(`10.0.0.${n}`, minutes) : held(`10.0.0.${n}`, state),
        ),
        reserved: ranges,
        hostAddresses: [],
      };
      const count = countPool(pool, use, NOW);
      expect(BigInt(count.assigned + count.releasing + count.cooling + count.reserved) + count.free).toBe(6n);
      const next = nextFree(pool, use, NOW, 'another');
      expect(next === null).toBe(count.free === 0n);
      if (next !== null) {
        const record = use.used.find(({ address }) => address === next);
        expect(record === undefined || record.state === 'released').toBe(true);
        expect(next).not.toBe('10.0.0.1');
      }
    }),
  );
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { assignIp } from '../ip-assignments/assign-ip.ts';
import { createJail } from '../jails/create-jail.ts';
import { destroyJail } from '../jails/destroy-jail.ts';
import { createPool } from '../pools/create-pool.ts';
import { poolCells } from '../pools/pool-cells.ts';
import { readPool } from '../pools/queries.ts';
import { removePool } from '../pools/remove-pool.ts';
import { reserveRange, unreserveRange } from '../pools/reserve-range.ts';
import { readTask, taskNumber } from '../tasks/queries.ts';
import { as, made, refusal, TestHost, testDb } from '../test-fleet.ts';
import { createNetwork } from './create-network.ts';
import { listNetworks, readNetwork } from './queries.ts';
import { removeNetwork } from './remove-network.ts';
import { suggestNetwork } from './suggest-network.ts';

const db = testDb();
const mira = as(db);
let h1: TestHost;
let h2: TestHost;

beforeAll(async () => {
  h1 = await TestHost.enroll(db, 'h1');
  h2 = await TestHost.enroll(db, 'h2');
  h1.facts.bridges = ['br0'];
  h1.facts.addresses.push({ link: 'br0', prefix: '10.9.0.7/24' });
  h1.facts.routes.push(
    { destination: '10.9.0.0/24', link: 'br0' },
    { destination: '10.50.0.0/16', gateway: '198.51.100.9', link: 'eth0' },
  );
  for (const host of [h1, h2]) await host.report();
});
afterAll(() => db.$disconnect());

describe('a bridge of our own', () => {
  test('gets a gateway, a pool over all usable addresses, and is there when its host says so', async () => {
    const { object, task } = made(
      await createNetwork(mira, {
        name: 'lan',
        subnets: ['10.20.0.0/24', 'fd00:20::/64'],
        nat: true,
        host: 'h1',
      }),
    );
    expect(object).toMatchObject({
      reach: 'host',
      reachText: 'reaches jails of host h1 only',
      subnets: [
        { prefix: '10.20.0.0/24', gateway: '10.20.0.1' },
        { prefix: 'fd00:20::/64', gateway: 'fd00:20::1' },
      ],
      pools: [
        {
          name: 'lan',
          first: '10.20.0.2',
          last: '10.20.0.254',
          next: '10.20.0.2',
          counts: { size: '253', free: '253' },
        },
        { name: 'lan-v6', first: 'fd00:20::2', last: 'fd00:20::ffff:ffff:ffff:ffff' },
      ],
      hosts: [{ name: 'h1', seen: false }],
    });
    await h1.report();
    expect((await readTask(db, taskNumber(task.id))).state).toBe('applied');
    expect((await readNetwork(db, 'lan')).hosts).toMatchObject([{ seen: true }]);
  });

  const cases: [why: string, input: Parameters<typeof createNetwork>[1], expected: object][] = [
    ['its name is taken', { name: 'lan', subnets: ['10.30.0.0/24'], host: 'h1' }, { field: 'name' }],
    [
      'which host?',
      { name: 'x', subnets: ['10.30.0.0/24'] },
      { field: 'host', evidence: { hosts: ['h1', 'h2'] } },
    ],
    [
      'it overlaps another network',
      { name: 'x', subnets: ['10.20.0.0/25'], host: 'h2' },
      { field: 'subnets.0', message: '10.20.0.0/25 overlaps 10.20.0.0/24 of network lan.' },
    ],
    [
      'it overlaps itself',
      { name: 'x', subnets: ['10.30.0.0/24', '10.30.0.0/25'], host: 'h1' },
      { field: 'subnets.1' },
    ],
    [
      'it is too small',
      { name: 'x', subnets: ['10.30.0.0/31'], host: 'h1' },
      { message: '10.30.0.0/31 is too small.' },
    ],
    [
      'the host routes it',
      { name: 'x', subnets: ['10.50.7.0/24'], host: 'h1' },
      { message: 'Host h1 routes 10.50.0.0/16 via 198.51.100.9 dev eth0, which overlaps 10.50.7.0/24.' },
    ],
    [
      "it holds the host's own address",
      { name: 'x', subnets: ['198.51.100.0/25'], host: 'h1' },
      { message: 'Host h1 has 198.51.100.7/24 on eth0, which overlaps 198.51.100.0/25.' },
    ],
    [
      'a gateway is named',
      { name: 'x', subnets: ['10.30.0.0/24'], gateway: '10.30.0.9', host: 'h1' },
      { field: 'gateway' },
    ],
  ];
  test.each(cases)('is refused: %s', async (_why, input, expected) => {
    expect(await refusal(createNetwork(mira, input))).toMatchObject(expected);
  });

  test('the database refuses overlapping subnets too', async () => {
    const network = await db.network.findFirstOrThrow({ where: { name: 'lan' } });
    const twice = db.networkSubnet.create({
      data: { networkId: network.id, position: 9, prefix: '10.20.0.128/25' },
    });
    await expect(twice).rejects.toThrow(/subnets_never_overlap|23P01/);
  });

  test('what is suggested can be made', async () => {
    const suggestion = await suggestNetwork(db, { host: 'h1' });
    expect(suggestion).toEqual({ name: 'lan2', subnet: '10.21.0.0/24', nat: true });
    const { subnet, ...rest } = suggestion;
    expect(
      'plan' in (await createNetwork(mira, { ...rest, subnets: [subnet], host: 'h1', dryRun: true })),
    ).toBe(true);
  });
});

describe('a bridge of the administrator', () => {
  test('reaches the hosts that have it; their own addresses and the gateway are kept back', async () => {
    const { object } = made(
      await createNetwork(mira, {
        name: 'segment',
        parent: 'br0',
        subnets: ['10.9.0.0/24'],
        gateway: '10.9.0.254',
      }),
    );
    expect(object).toMatchObject({
      reach: 'segment',
      reachText: 'the segment of bridge br0, on h1',
      hosts: [{ name: 'h1' }],
    });
    const cells = await poolCells(db, 'segment');
    const stateOf = (address: string) => cells.cells.find(({ first }) => first === address)?.state;
    expect(stateOf('10.9.0.7')).toBe('host');
    expect(stateOf('10.9.0.254')).toBe('gateway');
    expect(cells.counts.free).toBe('252');
  });

  test('is refused where no host has the bridge, with the command that makes it', async () => {
    expect(
      await refusal(createNetwork(mira, { name: 'x', parent: 'br7', subnets: ['10.31.0.0/24'] })),
    ).toMatchObject({
      field: 'parent',
      fix: 'Make it on the host: ip link add br7 type bridge && ip link set br7 up && ip link set CARD master br7',
    });
  });

  test("is refused where the host's bounds do not offer it", async () => {
    h1.facts.bridges.push('br1');
    await h1.report();
    expect(
      await refusal(createNetwork(mira, { name: 'x', parent: 'br1', subnets: ['10.31.0.0/24'] })),
    ).toMatchObject({
      code: 'denied',
      fix: 'As root on the host, add br1 to parents in /etc/cellblock/bounds.d (with --data DIR: DIR/bounds.d); the host says so within seconds.',
    });
  });

  test('a public subnet is refused where the bounds name none', async () => {
    expect(
      (await refusal(createNetwork(mira, { name: 'x', subnets: ['8.8.8.0/24'], host: 'h1' }))).message,
    ).toBe('The bounds of host h1 do not allow 8.8.8.0/24.');
  });

  test('no NAT, and a gateway within', async () => {
    const base = { name: 'x', parent: 'br0', subnets: ['10.31.0.0/24'] };
    expect((await refusal(createNetwork(mira, { ...base, nat: true }))).field).toBe('nat');
    expect((await refusal(createNetwork(mira, { ...base, gateway: '10.32.0.1' }))).field).toBe('gateway');
  });
});

describe('pools', () => {
  test('overlap is refused, by the rule and by the database', async () => {
    expect(
      await refusal(
        createPool(mira, { name: 'more', network: 'lan', first: '10.20.0.100', last: '10.20.0.120' }),
      ),
    ).toMatchObject({
      evidence: { kind: 'pool-overlap', pool: { name: 'lan' } },
    });
    const { networkId } = await db.pool.findFirstOrThrow({ where: { name: 'lan' } });
    const twice = db.pool.create({
      data: { id: crypto.randomUUID(), name: 'y', networkId, first: '10.20.0.100', last: '10.20.0.120' },
    });
    await expect(twice).rejects.toThrow(/pools_never_overlap|23P01/);
  });

  test.each([
    ['outside', '10.99.0.1', '10.99.0.9', 'first'],
    ['reversed', '10.20.0.9', '10.20.0.3', 'last'],
    ['two families', '10.20.0.9', 'fd00:20::9', 'last'],
  ])('a range that is %s is refused', async (_why, first, last, field) => {
    expect((await refusal(createPool(mira, { name: 'x', network: 'lan', first, last }))).field).toBe(field);
  });

  test("a reserved range is nobody's, until it is over or removed", async () => {
    await createJail(mira, { name: 'web1', network: 'lan' });
    const range = { pool: 'lan', first: '10.20.0.3', last: '10.20.0.9' };
    const view = await reserveRange(mira, { ...range, reason: 'printers' });
    expect(view).toMatchObject({ next: '10.20.0.10', counts: { reserved: 7, assigned: 1, free: '245' } });
    expect(await refusal(assignIp(mira, { jail: 'web1', address: '10.20.0.5' }))).toMatchObject({
      evidence: { kind: 'reserved', reason: 'printers', by: 'mira' },
    });
    expect((await refusal(reserveRange(mira, { ...range, reason: 'again' }))).message).toContain('printers');
    expect((await refusal(unreserveRange(mira, { ...range, last: '10.20.0.8' }))).code).toBe('not-found');
    expect((await unreserveRange(mira, range)).next).toBe('10.20.0.3');
    const soon = new Date(Date.now() + 200).toISOString();
    await reserveRange(mira, { ...range, reason: 'for a moment', until: soon });
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect((await readPool(db, 'lan')).next).toBe('10.20.0.3');
  });

  test('cells are runs that add up to the subnet', async () => {
    await h1.report();
    const { cells, complete } = await poolCells(db, 'lan');
    expect(complete).toBe(true);
    expect(cells.reduce((sum, { count }) => sum + count, 0)).toBe(256);
    expect(cells.slice(0, 4)).toMatchObject([
      { first: '10.20.0.0', state: 'network' },
      { first: '10.20.0.1', state: 'gateway' },
      { first: '10.20.0.2', state: 'assigned', holder: { name: 'web1' } },
      { first: '10.20.0.3', state: 'free', count: 252 },
    ]);
    expect((await poolCells(db, 'lan-v6')).complete).toBe(false);
  });

  test('one with holders is not removed', async () => {
    expect(await refusal(removePool(mira, { pool: 'lan' }))).toMatchObject({
      cause: 'They are 10.20.0.2 (web1).',
      fix: 'Release them: cellblock ip release web1 10.20.0.2',
    });
  });
});

describe('removal', () => {
  test('waits for its jails, and for its host', async () => {
    expect((await refusal(removeNetwork(mira, { network: 'lan' }))).cause).toBe('They are web1.');
    await destroyJail(mira, { jail: 'web1', purge: true });
    await h1.report();
    const { task, object } = made(await removeNetwork(mira, { network: 'lan' }));
    expect((await refusal(removeNetwork(mira, { network: 'lan' }))).message).toContain('already');
    expect(
      (await refusal(createNetwork(mira, { name: 'lan', subnets: ['10.40.0.0/24'], host: 'h1' }))).field,
    ).toBe('name');
    await h1.report();
    expect((await readTask(db, taskNumber(task.id))).state).toBe('applied');
    expect((await listNetworks(db)).map(({ name }) => name)).toEqual(['segment']);
    const again = made(await createNetwork(mira, { name: 'lan', subnets: ['10.20.0.0/24'], host: 'h1' }));
    expect(again.object.id).not.toBe(object.id);
  });
});

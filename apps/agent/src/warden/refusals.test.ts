import { Bounds } from '@cellblock/shared/bounds';
import { hostSpec, type SpecObject } from '@cellblock/shared/host-spec';
import type { HostFacts } from '@cellblock/shared/host-status';
import { NO_LIMITS } from '@cellblock/shared/jail-limits';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { addressSpec, interfaceSpec, jailSpec, networkSpec } from '../../test/spec-builders.ts';
import { refusedObjects } from './refusals.ts';

const facts: HostFacts = {
  hostname: 'h1',
  kernel: '6.18',
  distribution: 'Debian',
  architecture: 'x64',
  agentVersion: 'test',
  instance: '0a1b2c3d',
  bootId: 'boot',
  bootedAt: '2026-11-22T00:00:00.000Z',
  cpus: 2,
  memoryBytes: 1,
  addresses: [
    { link: 'eth0', prefix: '192.168.5.7/24' },
    { link: 'br0', prefix: '10.20.0.1/16' },
  ],
  routes: [
    { destination: 'default4', gateway: '192.168.5.1', link: 'eth0' },
    { destination: '10.50.0.0/16', gateway: '192.168.5.2', link: 'eth0' },
    { destination: '10.20.0.0/16', link: 'br0' },
  ],
  bridges: ['br0'],
};

const on = (prefix: string, more = {}) => networkSpec(1, { subnets: [{ prefix, gateway: null }], ...more });
const limits = (more: object) => jailSpec(1, { settings: { limits: { ...NO_LIMITS, ...more } } });
const lan = networkSpec(1);
const [web1, web2] = [1, 2].map((n) => jailSpec(n, { interfaces: [interfaceSpec(n, lan)] }));
if (!web1 || !web2) throw new Error('no jails');

test.each<[string, SpecObject[], Partial<Bounds>, string[]]>([
  ['a subnet of its own', [on('10.77.0.0/24')], {}, []],
  ['part of what the host routes', [on('10.50.3.0/24')], {}, ['subnet-routed']],
  ['what holds a routed part', [on('10.0.0.0/8')], {}, ['subnet-routed']],
  ['the host’s own subnet', [on('192.168.5.0/24')], {}, ['subnet-routed']],
  ['a public subnet', [on('8.8.8.0/24')], {}, ['bounds-subnets']],
  ['a public subnet that the bounds name', [on('8.8.8.0/24')], { subnets: ['8.0.0.0/8'] }, []],
  ['a private subnet that they do not', [on('10.77.0.0/24')], { subnets: ['8.0.0.0/8'] }, ['bounds-subnets']],
  ['a parent that the bounds do not name', [on('10.20.0.0/16', { parent: 'br0' })], {}, ['bounds-parents']],
  ['a parent’s own subnet', [on('10.20.0.0/16', { parent: 'br0' })], { parents: ['br0'] }, []],
  [
    'a parent, routed elsewhere',
    [on('10.50.0.0/16', { parent: 'br0' })],
    { parents: ['br0'] },
    ['subnet-routed'],
  ],
  [
    'a parent that is not there',
    [on('10.20.0.0/16', { parent: 'br9' })],
    { parents: ['br9'] },
    ['parent-missing'],
  ],
  ['a network that is to go', [on('8.8.8.0/24', { wanted: 'absent' })], {}, []],
  ['no limit below a bound', [limits({})], { maxMemory: 100 }, ['bounds-memory']],
  ['a limit above a bound', [limits({ cpus: 3 })], { maxCpus: 2 }, ['bounds-cpus']],
  ['a limit at the bound', [limits({ pids: 20 })], { maxPids: 20 }, []],
  ['a jail too many', [lan, web1, web2], { maxJails: 1 }, ['bounds-jails']],
  ['a jail on no known network', [web1], {}, ['network-unknown']],
  [
    'an address for two',
    [lan, web1, web2, addressSpec(1, web1, '10.77.1.5'), addressSpec(2, web2, '10.77.1.5')],
    {},
    ['address-twice'],
  ],
  ['an address of its network', [lan, web1, addressSpec(1, web1, '10.77.1.5')], {}, []],
  ['an address elsewhere', [lan, web1, addressSpec(1, web1, '8.8.8.8')], {}, ['address-outside']],
  ['the gateway’s address', [lan, web1, addressSpec(1, web1, '10.77.1.1')], {}, ['address-outside']],
  [
    'an address in another spelling',
    [lan, web1, addressSpec(1, web1, 'fd77:0:0:1::5'), addressSpec(2, web1, 'fd77::1:0:0:0:5')],
    {},
    ['address-outside'],
  ],
  [
    'an address of a network that its jail is not on',
    [lan, networkSpec(2), web1, addressSpec(1, web1, '10.77.2.5', { network: networkSpec(2).id })],
    {},
    ['address-outside'],
  ],
  [
    'a gateway outside its subnet',
    [networkSpec(1, { subnets: [{ prefix: '10.77.1.0/24', gateway: '8.8.8.8' }] })],
    {},
    ['gateway-outside'],
  ],
  [
    'a refused network and who is on it',
    [
      networkSpec(1, { subnets: [{ prefix: '8.8.8.0/24', gateway: null }] }),
      web1,
      addressSpec(1, web1, '8.8.8.8'),
    ],
    {},
    ['bounds-subnets', 'network-refused', 'network-refused'],
  ],
])('%s', (_, objects, bounds, rules) => {
  const refused = refusedObjects(hostSpec(1, objects), Bounds.parse(bounds), facts);
  expect(refused.map(({ rule }) => rule)).toEqual(rules);
  for (const { fix } of refused) expect(fix).toMatch(/cellblock|On the host, as root|Mend what stands/);
});

test('a refusal says what stands in the way', () => {
  const [refused] = refusedObjects(hostSpec(1, [on('10.50.3.0/24')]), Bounds.parse({}), facts);
  expect(refused?.message).toBe(
    '10.50.3.0/24 is already routed on this host: 10.50.0.0/16 via 192.168.5.2 dev eth0',
  );
});

test('what bounds forbid is allowed by a line that they take', () => {
  const fixOf = (object: SpecObject, bounds: object) =>
    refusedObjects(hostSpec(1, [object]), Bounds.parse(bounds), facts)[0]?.fix ?? '';
  const allowed = (object: SpecObject, bounds: object) => {
    const line = /bounds\.d: (.*)$/.exec(fixOf(object, bounds))?.[1] ?? 'no line';
    const wider = Bounds.strict().parse({ ...bounds, ...parse(line) });
    return refusedObjects(hostSpec(1, [object]), wider, facts);
  };
  expect(allowed(on('8.8.8.0/24'), {})).toEqual([]);
  expect(allowed(on('10.20.0.0/16', { parent: 'br0' }), { parents: ['br7'] })).toEqual([]);
  expect(allowed(limits({ cpus: 3 }), { maxCpus: 2 })).toEqual([]);
  expect(allowed(limits({}), { maxMemory: 100 })).toEqual([]);
  expect(allowed(jailSpec(1, {}), { maxJails: 0 })).toEqual([]);
});

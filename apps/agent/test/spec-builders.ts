import { randomUUID } from 'node:crypto';
import type { AddressSpec, InterfaceSpec, JailSpec, NetworkSpec } from '@cellblock/shared/host-spec';
import { NO_LIMITS } from '@cellblock/shared/jail-limits';

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

/** A key of that many characters, different for every number. */
export function keyOf(n: number, length: number): string {
  let text = '';
  for (let left = n; text.length < length; left = Math.floor(left / 32)) text = BASE32[left % 32] + text;
  return text;
}

/** Ids that are the same in every run. */
export function idOf(kind: number, n: number): string {
  return `${String(kind).padStart(8, '0')}-0000-7000-8000-${String(n).padStart(12, '0')}`;
}

export function networkSpec(n: number, more: Partial<NetworkSpec> = {}): NetworkSpec {
  return {
    kind: 'network',
    id: idOf(1, n),
    key: keyOf(n, 6),
    name: `net${n}`,
    cause: randomUUID(),
    wanted: 'present',
    parent: null,
    subnets: [
      { prefix: `10.77.${n}.0/24`, gateway: `10.77.${n}.1` },
      { prefix: `fd77:0:0:${n.toString(16)}::/64`, gateway: `fd77:0:0:${n.toString(16)}::1` },
    ],
    nat: false,
    ...more,
  };
}

export function interfaceSpec(n: number, network: NetworkSpec, name = 'eth0'): InterfaceSpec {
  const mac = `02:77:00:00:${(n >> 8).toString(16).padStart(2, '0')}:${(n & 255).toString(16).padStart(2, '0')}`;
  return { id: idOf(3, n), key: keyOf(n, 6), name, network: network.id, mac };
}

export function jailSpec(
  n: number,
  more: Omit<Partial<JailSpec>, 'settings'> & { settings?: Partial<JailSpec['settings']> } = {},
): JailSpec {
  const { settings, ...rest } = more;
  return {
    kind: 'jail',
    id: idOf(2, n),
    key: keyOf(n, 8),
    name: `jail${n}`,
    cause: randomUUID(),
    wanted: 'running',
    purge: false,
    startNumber: 1,
    interfaces: [],
    ...rest,
    settings: {
      hostname: `jail${n}`,
      root: { kind: 'host-usr', ephemeral: false },
      readOnly: false,
      profile: 'daemon',
      view: [],
      devices: [],
      resourceLimits: {},
      command: null,
      environment: {},
      limits: NO_LIMITS,
      dns: [],
      boot: true,
      restart: 'on-failure',
      stopTimeoutMs: 2_000,
      ...settings,
    },
  };
}

export function addressSpec(
  n: number,
  jail: JailSpec,
  address: string,
  more: Partial<AddressSpec> = {},
): AddressSpec {
  const inside = jail.interfaces[0];
  if (!inside) throw new Error(`${jail.name} has no interface`);
  return {
    kind: 'address',
    id: idOf(4, n),
    cause: randomUUID(),
    wanted: 'present',
    jail: jail.id,
    interface: inside.id,
    network: inside.network,
    address,
    prefixLength: address.includes(':') ? 64 : 24,
    ...more,
  };
}

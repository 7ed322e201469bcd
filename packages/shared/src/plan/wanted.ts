import {
  type AddressSpec,
  addressesOf,
  type HostSpec,
  type InterfaceSpec,
  type JailSpec,
  jailsOf,
  type NetworkSpec,
  networksOf,
  type SpecKey,
  specKey,
} from '../host-spec.ts';
import type { HostState, ProcessState } from '../host-state.ts';
import { formatIp, ipFamily, parsePrefix } from '../ip-address.ts';
import { linkLocalOf } from '../link-local.ts';
import { bridgeName, portName } from '../owned-names.ts';

/** The spec as flat facts about this host's kernel, with every name derived. Made once per plan. */
export interface Wanted {
  networks: WantedNetwork[];
  jails: WantedJail[];
  /** Keys of jails that must not be touched at all: refused here, or unknown while the ledger is damaged. */
  frozen: ReadonlySet<string>;
}

export interface WantedNetwork {
  spec: NetworkSpec;
  /** the link that ports attach to: our own bridge, or the administrator's */
  bridge: string;
  own: boolean;
  present: boolean;
  gateway4: string | null;
  gateway6: string | null;
}

export interface WantedJail {
  spec: JailSpec;
  life: Life;
  interfaces: WantedInterface[];
}

export interface WantedInterface {
  spec: InterfaceSpec;
  network: WantedNetwork;
  port: string;
  linkLocal: string;
  addresses: WantedAddress[];
}

export interface WantedAddress {
  spec: AddressSpec;
  /** as the jail's link carries it */
  prefix: string;
}

/** What is to be done about pid 1, and whether the jail's surroundings are to be there. */
export interface Life {
  up: boolean;
  stop: boolean;
  start: 'wanted' | 'restart-policy' | null;
}

export interface PlanOptions {
  /** Objects that are left exactly as they are. */
  frozen?: ReadonlySet<SpecKey>;
  /** The spec is known to be incomplete: what it does not name is left alone. */
  incomplete?: boolean;
}

export function wantedOf(spec: HostSpec, state: HostState, options: PlanOptions = {}): Wanted {
  const frozen = options.frozen ?? new Set<SpecKey>();
  const networks = networksOf(spec)
    .filter((network) => !frozen.has(specKey(network)))
    .map((network) => wantedNetwork(network, state.instance));
  const networkById = new Map(networks.map((network) => [network.spec.id, network]));
  const stateByKey = new Map(state.jails.map((jail) => [jail.key, jail]));
  const specs = jailsOf(spec);
  const kept = keptByOthers(specs, state, options);
  const byInterface = Map.groupBy(
    addressesOf(spec).filter(
      (address) =>
        address.wanted === 'present' && !frozen.has(specKey(address)) && !kept.has(address.address),
    ),
    (address) => `${address.jail} ${address.interface}`,
  );
  const jails = specs
    .filter((jail) => !frozen.has(specKey(jail)))
    .map((jail) => ({
      spec: jail,
      life: lifeOf(jail, stateByKey.get(jail.key)?.process ?? null, state.at),
      interfaces: jail.interfaces.flatMap((inside) => {
        const network = networkById.get(inside.network);
        if (!network?.present) return [];
        const addresses = byInterface.get(`${jail.id} ${inside.id}`) ?? [];
        return [wantedInterface(inside, network, addresses, state.instance)];
      }),
    }));

  const known = new Set(specs.map((jail) => jail.key));
  const frozenJails = new Set(specs.filter((jail) => frozen.has(specKey(jail))).map((jail) => jail.key));
  if (options.incomplete) {
    for (const jail of state.jails) if (!known.has(jail.key)) frozenJails.add(jail.key);
  }
  return { networks, jails, frozen: frozenJails };
}

/**
 * Addresses that jails may send from which this plan does not touch: frozen ones, and those that nobody names.
 * Nothing takes an address from them, so nobody else is given it before they have lost it.
 */
function keptByOthers(specs: JailSpec[], state: HostState, options: PlanOptions): Set<string> {
  const known = new Set(specs.map((jail) => jail.key));
  const strangerRuns = state.jails.some((jail) => !known.has(jail.key) && jail.process?.state === 'running');
  const portsOf = (jails: JailSpec[]) =>
    new Set(jails.flatMap((jail) => jail.interfaces.map((inside) => portName(state.instance, inside.key))));
  const frozen = portsOf(specs.filter((jail) => options.frozen?.has(specKey(jail))));
  const named = portsOf(specs);
  const stays = (port: string) =>
    frozen.has(port) || ((options.incomplete || strangerRuns) && !named.has(port));
  return new Set(state.guard.addresses.filter(({ port }) => stays(port)).map(({ address }) => address));
}

function wantedNetwork(spec: NetworkSpec, instance: string): WantedNetwork {
  return {
    spec,
    bridge: spec.parent ?? bridgeName(instance, spec.key),
    own: spec.parent === null,
    present: spec.wanted === 'present',
    gateway4: gatewayOf(spec, 'v4'),
    gateway6: gatewayOf(spec, 'v6'),
  };
}

/** An own bridge is the gateway itself; without one in the spec it takes the subnet's first address. */
function gatewayOf(spec: NetworkSpec, family: 'v4' | 'v6'): string | null {
  for (const subnet of spec.subnets) {
    if (ipFamily(subnet.prefix) !== family) continue;
    if (subnet.gateway !== null) return subnet.gateway;
    const parsed = parsePrefix(subnet.prefix);
    if (spec.parent === null && parsed.type !== 'error') return formatIp(family, parsed.first + 1n);
  }
  return null;
}

function wantedInterface(
  spec: InterfaceSpec,
  network: WantedNetwork,
  addresses: AddressSpec[],
  instance: string,
): WantedInterface {
  return {
    spec,
    network,
    port: portName(instance, spec.key),
    linkLocal: linkLocalOf(spec.mac),
    addresses: addresses.map((address) => ({ spec: address, prefix: linkPrefix(address, network) })),
  };
}

/** v6 on an own bridge is a single address: its neighbours are reached through the bridge (platform K4). */
function linkPrefix(address: AddressSpec, network: WantedNetwork): string {
  const single = network.own && ipFamily(address.address) === 'v6';
  return `${address.address}/${single ? 128 : address.prefixLength}`;
}

/** A jail that ended for good is taken down with its surroundings: an empty namespace would answer ping. */
export function lifeOf(jail: JailSpec, process: ProcessState | null, now: string): Life {
  const running = process?.state === 'running';
  if (jail.wanted !== 'running') return { up: false, stop: running, start: null };
  if (process === null) return { up: true, stop: false, start: 'wanted' };
  // A higher number is a start that was taken back after it had begun: the jail stays as it is.
  if (process.startNumber < jail.startNumber) return { up: true, stop: running, start: 'wanted' };
  if (running) return { up: true, stop: false, start: null };
  if (process.restartAt === null) return { up: false, stop: false, start: null };
  const due = Date.parse(process.restartAt) <= Date.parse(now);
  return { up: true, stop: false, start: due ? 'restart-policy' : null };
}

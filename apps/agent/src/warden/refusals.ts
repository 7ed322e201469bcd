import { allowedSubnets, type Bounds } from '@cellblock/shared/bounds';
import {
  addressesOf,
  type HostSpec,
  type JailSpec,
  jailsOf,
  type NetworkSpec,
  networksOf,
  type SpecKey,
  specKey,
} from '@cellblock/shared/host-spec';
import type { HostFacts, RefusedObject } from '@cellblock/shared/host-status';
import { type ParsedPrefix, parseIp, parsePrefix } from '@cellblock/shared/ip-address';

type Ground = { rule: string; message: string } | null;

/**
 * Objects that this host will not make true, by its bounds and by what stands in the way: each with its
 * rule. They are left exactly as they are; the rest of the spec is applied.
 */
export function refusedObjects(spec: HostSpec, bounds: Bounds, facts: HostFacts): RefusedObject[] {
  const refused = new Map<SpecKey, RefusedObject>();
  const refuse = (
    object: { kind: 'network' | 'jail' | 'address'; id: string; cause: string },
    ground: Ground,
  ) => {
    const key = specKey(object);
    if (ground && !refused.has(key)) refused.set(key, { key, ...ground, cause: object.cause });
  };

  for (const network of networksOf(spec)) {
    if (network.wanted === 'present') refuse(network, refuseNetwork(network, bounds, facts));
  }
  const names = new Map(networksOf(spec).map((network) => [network.id, network]));
  const jails = jailsOf(spec).filter((jail) => jail.wanted === 'running');
  jails.forEach((jail, index) => {
    refuse(jail, refuseJail(jail, bounds, index));
    for (const inside of jail.interfaces) {
      const network = names.get(inside.network);
      if (!network) {
        refuse(jail, { rule: 'network-unknown', message: `${jail.name}'s network is not in the spec` });
      } else if (refused.has(specKey(network))) {
        refuse(jail, {
          rule: 'network-refused',
          message: `${jail.name} is on ${network.name}, which is refused`,
        });
      }
    }
  });

  const holders = new Map<string, string>();
  const ranges = new Map(
    networksOf(spec).map(({ id, subnets }) => [id, subnets.map(({ prefix }) => parsePrefix(prefix))]),
  );
  const insides = new Map(
    jailsOf(spec).flatMap((jail) => jail.interfaces.map((inside) => [`${jail.id} ${inside.id}`, inside])),
  );
  for (const address of addressesOf(spec)) {
    if (address.wanted !== 'present') continue;
    const network = names.get(address.network);
    // Its interface decides where it is used, whatever network it names.
    const inside = insides.get(`${address.jail} ${address.interface}`);
    const place = inside && names.get(inside.network);
    if (place && !isPlaceFor(place, ranges.get(place.id) ?? [], address.address)) {
      refuse(address, {
        rule: 'address-outside',
        message: `${address.address} is no address for a jail of ${place.name}: it lies in none of its subnets, or is a gateway`,
      });
    }
    if (network && refused.has(specKey(network))) {
      refuse(address, { rule: 'network-refused', message: `${network.name} is refused` });
    }
    const holder = holders.get(address.address);
    if (holder !== undefined) {
      refuse(address, {
        rule: 'address-twice',
        message: `${address.address} is wanted on two jails of this host: nothing has it twice`,
      });
    }
    holders.set(address.address, address.jail);
  }
  return [...refused.values()];
}

function refuseNetwork(network: NetworkSpec, bounds: Bounds, facts: HostFacts): Ground {
  const allowed = allowedSubnets(bounds).map(parsePrefix);
  for (const subnet of network.subnets) {
    const parsed = parsePrefix(subnet.prefix);
    if (!allowed.some((bound) => within(parsed, bound))) {
      return {
        rule: 'bounds-subnets',
        message: `${subnet.prefix} lies in no subnet that this host's bounds allow: add it to subnets in the bounds file`,
      };
    }
    if (subnet.gateway !== null && !contains(parsed, subnet.gateway)) {
      return {
        rule: 'gateway-outside',
        message: `${subnet.gateway} is no address of ${subnet.prefix}, whose gateway it would be`,
      };
    }
  }
  return network.parent === null
    ? refuseOwn(network, facts)
    : refuseParent(network, network.parent, bounds, facts);
}

function refuseOwn(network: NetworkSpec, facts: HostFacts): Ground {
  for (const subnet of network.subnets) {
    const parsed = parsePrefix(subnet.prefix);
    const route = facts.routes.find(({ destination }) => overlap(parsed, parsePrefix(destination)));
    if (route) {
      const via = route.gateway === undefined ? '' : ` via ${route.gateway}`;
      return {
        rule: 'subnet-routed',
        message: `${subnet.prefix} is already routed on this host: ${route.destination}${via} dev ${route.link}`,
      };
    }
    const address = facts.addresses.find(({ prefix }) => overlap(parsed, parsePrefix(prefix)));
    if (address) {
      return {
        rule: 'subnet-routed',
        message: `${subnet.prefix} holds or meets the host's own address ${address.prefix} on ${address.link}`,
      };
    }
  }
  return null;
}

function refuseParent(network: NetworkSpec, parent: string, bounds: Bounds, facts: HostFacts): Ground {
  if (!bounds.parents.includes(parent)) {
    return {
      rule: 'bounds-parents',
      message: `this host's bounds let no network attach to ${parent}: add it to parents in the bounds file`,
    };
  }
  if (!facts.bridges.includes(parent)) {
    return {
      rule: 'parent-missing',
      message: `this host has no bridge ${parent}: ip link add ${parent} type bridge`,
    };
  }
  for (const subnet of network.subnets) {
    const parsed = parsePrefix(subnet.prefix);
    const route = facts.routes.find(
      ({ destination, link }) => link !== parent && overlap(parsed, parsePrefix(destination)),
    );
    if (route) {
      return {
        rule: 'subnet-routed',
        message: `${subnet.prefix} is routed elsewhere on this host: ${route.destination} dev ${route.link}`,
      };
    }
  }
  return null;
}

function refuseJail(jail: JailSpec, bounds: Bounds, index: number): Ground {
  if (index >= bounds.maxJails) {
    return { rule: 'bounds-jails', message: `this host's bounds allow ${bounds.maxJails} jails (maxJails)` };
  }
  const { limits } = jail.settings;
  const caps = [
    ['memory', limits.memory, bounds.maxMemory, 'bytes'],
    ['cpus', limits.cpus, bounds.maxCpus, 'cores'],
    ['pids', limits.pids, bounds.maxPids, 'processes'],
  ] as const;
  for (const [name, asked, most, unit] of caps) {
    if (most !== null && (asked === null || asked > most)) {
      return {
        rule: `bounds-${name}`,
        message: `${jail.name} asks for ${asked ?? 'unlimited'} ${unit}; this host's bounds allow ${most}: set --${name} to at most that`,
      };
    }
  }
  return null;
}

/** In its one written form: two spellings of one address would be two addresses to whoever compares texts. */
function contains(subnet: ParsedPrefix, address: string): boolean {
  const ip = parseIp(address);
  if (ip.type === 'error' || subnet.type !== ip.type || ip.address !== address) return false;
  return subnet.first <= ip.value && ip.value <= subnet.last;
}

function isPlaceFor({ subnets }: NetworkSpec, ranges: readonly ParsedPrefix[], address: string): boolean {
  if (subnets.some(({ gateway }) => gateway === address)) return false;
  return ranges.some((range) => contains(range, address));
}

function overlap(a: ParsedPrefix, b: ParsedPrefix): boolean {
  if (a.type === 'error' || b.type === 'error' || a.type !== b.type) return false;
  return a.first <= b.last && b.first <= a.last;
}

function within(inner: ParsedPrefix, outer: ParsedPrefix): boolean {
  if (inner.type === 'error' || outer.type === 'error' || inner.type !== outer.type) return false;
  return outer.first <= inner.first && inner.last <= outer.last;
}

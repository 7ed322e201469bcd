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
import { BOUNDED, LIMIT_NEEDS, LIMIT_OPTIONS, limitsWithoutController } from '@cellblock/shared/jail-limits';
import { storageRefusal } from '@cellblock/shared/storage-refusal';

type Ground = { rule: string; message: string; fix: string } | null;

const BOUNDS = 'On the host, as root, in /etc/cellblock/bounds.d:';

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
    refuse(jail, refuseJail(jail, bounds, facts, index));
    for (const inside of jail.interfaces) {
      const network = names.get(inside.network);
      if (!network) {
        refuse(jail, {
          rule: 'network-unknown',
          message: `${jail.name}'s network is not in the spec`,
          fix: `See whether it is there: cellblock network ls; make it, or: cellblock destroy ${jail.name}`,
        });
      } else if (refused.has(specKey(network))) {
        refuse(jail, {
          rule: 'network-refused',
          message: `${jail.name} is on ${network.name}, which is refused`,
          fix: `Mend what stands against ${network.name}; then it starts by itself: cellblock start ${jail.name}`,
        });
      }
    }
  });

  const jailNames = new Map(jailsOf(spec).map(({ id, name }) => [id, name]));
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
        fix: `Take it back and assign another: cellblock ip release ${jailNames.get(address.jail)} ${address.address}`,
      });
    }
    if (network && refused.has(specKey(network))) {
      refuse(address, {
        rule: 'network-refused',
        message: `${network.name} is refused`,
        fix: `Mend what stands against ${network.name}; then the address is put in by itself`,
      });
    }
    const holder = holders.get(address.address);
    if (holder !== undefined) {
      refuse(address, {
        rule: 'address-twice',
        message: `${address.address} is wanted on two jails of this host: nothing has it twice`,
        fix: `Take it back from one of them: cellblock ip release ${jailNames.get(address.jail)} ${address.address}`,
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
        message: `${subnet.prefix} lies in no subnet that this host's bounds allow`,
        fix: `Choose one of ${allowedSubnets(bounds).join(', ')}, or allow it. ${BOUNDS} subnets: [${[...allowedSubnets(bounds), subnet.prefix].join(', ')}]`,
      };
    }
    if (subnet.gateway !== null && !contains(parsed, subnet.gateway)) {
      return {
        rule: 'gateway-outside',
        message: `${subnet.gateway} is no address of ${subnet.prefix}, whose gateway it would be`,
        fix: `Make the network anew with a gateway in ${subnet.prefix}: cellblock network rm ${network.name}; cellblock network create ${network.name} …`,
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
        fix: otherSubnet(network),
      };
    }
    const address = facts.addresses.find(({ prefix }) => overlap(parsed, parsePrefix(prefix)));
    if (address) {
      return {
        rule: 'subnet-routed',
        message: `${subnet.prefix} holds or meets the host's own address ${address.prefix} on ${address.link}`,
        fix: otherSubnet(network),
      };
    }
  }
  return null;
}

function refuseParent(network: NetworkSpec, parent: string, bounds: Bounds, facts: HostFacts): Ground {
  if (!bounds.parents.includes(parent)) {
    return {
      rule: 'bounds-parents',
      message: `this host's bounds let no network attach to ${parent}`,
      fix: `${BOUNDS} parents: [${[...bounds.parents, parent].join(', ')}]`,
    };
  }
  if (!facts.bridges.includes(parent)) {
    return {
      rule: 'parent-missing',
      message: `this host has no bridge ${parent}`,
      fix: `On the host, as root: ip link add ${parent} type bridge && ip link set ${parent} up`,
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
        fix: otherSubnet(network),
      };
    }
  }
  return null;
}

const otherSubnet = ({ name }: NetworkSpec) =>
  `Make ${name} anew with a subnet that \`ip route\` does not show on the host: cellblock network rm ${name}; cellblock network create ${name} …`;

function refuseJail(jail: JailSpec, bounds: Bounds, { controllers }: HostFacts, index: number): Ground {
  if (index >= bounds.maxJails) {
    return {
      rule: 'bounds-jails',
      message: `this host's bounds allow ${bounds.maxJails} jails (maxJails)`,
      fix: `Stop another jail there, or allow more. ${BOUNDS} maxJails: ${index + 1}`,
    };
  }
  const { limits } = jail.settings;
  for (const [name, key, unit] of BOUNDED) {
    const most = bounds[key];
    // Nobody has more than the usual weight who has asked for none
    const asked = limits[name] ?? (name === 'cpuWeight' ? 100 : null);
    if (most !== null && (asked === null || asked > most)) {
      return {
        rule: `bounds-${name}`,
        message: `${jail.name} asks for ${asked ?? 'unlimited'} ${unit}; this host's bounds allow ${most}`,
        fix: `Ask for at most that (${LIMIT_OPTIONS[name]}), or allow more. ${BOUNDS} ${key}: ${asked ?? 'null'}`,
      };
    }
  }
  const [lacking] = controllers ? limitsWithoutController(limits, controllers) : [];
  if (lacking !== undefined) {
    return {
      rule: `no-controller-${LIMIT_NEEDS[lacking]}`,
      message: `${jail.name} asks for a limit of ${lacking}, and nothing on this host can hold it: it lacks ${LIMIT_NEEDS[lacking]}`,
      fix: `Take the limit away: cellblock set ${jail.name} ${LIMIT_OPTIONS[lacking]} none; the host's checks say what it lacks: cellblock host check`,
    };
  }
  const uncounted = storageRefusal(jail.settings, { name: 'of this jail', controllers, check: undefined });
  if (uncounted !== null) {
    return {
      rule: 'storage-uncounted',
      message: `${jail.name} asks for a directory that ends at a size (${uncounted.field}). ${uncounted.cause}`,
      fix: `${uncounted.fix}; the host's checks say what it lacks: cellblock host check`,
    };
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

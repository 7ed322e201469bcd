import { specKey } from '../host-spec.ts';
import type { HostState } from '../host-state.ts';
import { ipFamily } from '../ip-address.ts';
import { bridgeMac } from '../owned-names.ts';
import type { Step } from '../step.ts';
import { BRIDGE_LINK_LOCAL, BRIDGE_SETTINGS, differs, settingKey } from './settings.ts';
import type { Wanted, WantedNetwork } from './wanted.ts';

/** Routing to the outside needs these host-wide; which of them depends on the families that leave. */
const FORWARDING = { v4: 'ipv4.conf.all.forwarding', v6: 'ipv6.conf.all.forwarding' } as const;

export function hostSettingSteps(wanted: Wanted, state: HostState): Step[] {
  const needed = new Map<string, WantedNetwork>();
  for (const network of wanted.networks) {
    if (!network.own || !network.present || !network.spec.nat) continue;
    for (const subnet of network.spec.subnets) needed.set(FORWARDING[ipFamily(subnet.prefix)], network);
  }
  return state.hostSettings.flatMap(({ key, value, mayChange }): Step[] => {
    const network = needed.get(key);
    if (!network || value === '1' || !mayChange) return [];
    return [{ kind: 'host-setting.set', ...about(network), key, value: '1' }];
  });
}

export function guardSteps(wanted: Wanted, state: HostState): Step[] {
  const judged = wanted.jails.some((jail) => jail.life.up && jail.interfaces.length > 0);
  if (!judged || state.guard.installed) return [];
  return [{ kind: 'guard.install', object: 'host', cause: null }];
}

export function bridgeAdditions(wanted: Wanted, state: HostState): Step[] {
  return wanted.networks
    .filter((network) => network.own && network.present)
    .flatMap((network) => bridgeAddition(network, state));
}

function bridgeAddition(network: WantedNetwork, state: HostState): Step[] {
  const { bridge } = network;
  const of = { ...about(network), network: network.spec.id, bridge };
  const seen = state.bridges.find((candidate) => candidate.name === bridge);
  const steps: Step[] = [];
  if (!seen) steps.push({ kind: 'bridge.create', ...of, mac: bridgeMac(state.instance, network.spec.key) });
  else if (!seen.up) steps.push({ kind: 'bridge.up', ...of });
  for (const [pattern, value] of Object.entries(BRIDGE_SETTINGS)) {
    const key = settingKey(pattern, bridge);
    if (differs(seen?.settings, key, value)) steps.push({ kind: 'bridge.setting', ...of, key, value });
  }
  for (const prefix of bridgeAddresses(network)) {
    if (!seen?.addresses.includes(prefix)) steps.push({ kind: 'bridge.address.add', ...of, prefix });
  }
  return steps;
}

/** The gateway of each subnet, and the one v6 router address that jails know. */
function bridgeAddresses(network: WantedNetwork): string[] {
  const addresses = network.spec.subnets.flatMap((subnet) => {
    const family = ipFamily(subnet.prefix);
    const gateway = subnet.gateway ?? (family === 'v4' ? network.gateway4 : network.gateway6);
    return gateway === null ? [] : [`${gateway}/${subnet.prefix.split('/')[1]}`];
  });
  const v6 = network.spec.subnets.some((subnet) => ipFamily(subnet.prefix) === 'v6');
  return v6 ? [...addresses, `${BRIDGE_LINK_LOCAL}/64`] : addresses;
}

/** An address that is no longer a gateway of ours; what the kernel put there by itself is its own affair. */
export function bridgeAddressRemovals(wanted: Wanted, state: HostState): Step[] {
  return wanted.networks
    .filter((network) => network.own && network.present)
    .flatMap((network) => {
      const right = new Set(bridgeAddresses(network));
      const seen = state.bridges.find((candidate) => candidate.name === network.bridge);
      return (seen?.addresses ?? [])
        .filter((prefix) => !right.has(prefix) && !prefix.startsWith('fe80:'))
        .map(
          (prefix): Step => ({
            kind: 'bridge.address.remove',
            ...about(network),
            network: network.spec.id,
            bridge: network.bridge,
            prefix,
          }),
        );
    });
}

/** A bridge goes with its last port: one that stays (of a jail that must not be touched) keeps it. */
export function bridgeRemovals(wanted: Wanted, state: HostState, leaving: ReadonlySet<string>): Step[] {
  const staying = state.ports.filter((port) => !leaving.has(port.name));
  return wanted.networks
    .filter((network) => network.own && !network.present)
    .filter((network) => state.bridges.some((bridge) => bridge.name === network.bridge))
    .filter((network) => !staying.some((port) => port.master === network.bridge))
    .map((network) => ({
      kind: 'bridge.remove',
      ...about(network),
      network: network.spec.id,
      bridge: network.bridge,
    }));
}

export function natAdditions(wanted: Wanted, state: HostState): Step[] {
  const steps = natSubnets(wanted)
    .filter(({ subnet }) => !state.nat.subnets.includes(subnet))
    .map(
      ({ network, subnet }): Step => ({
        kind: 'nat.add',
        ...about(network),
        network: network.spec.id,
        subnet,
      }),
    );
  if (natSubnets(wanted).length > 0 && !state.nat.installed) {
    steps.unshift({ kind: 'nat.install', object: 'host', cause: null });
  }
  return steps;
}

export function natRemovals(wanted: Wanted, state: HostState): Step[] {
  const right = new Set(natSubnets(wanted).map(({ subnet }) => subnet));
  const owner = new Map(
    wanted.networks.flatMap((network) => network.spec.subnets.map((subnet) => [subnet.prefix, network])),
  );
  return state.nat.subnets.flatMap((subnet): Step[] => {
    const network = owner.get(subnet);
    if (right.has(subnet) || !network) return [];
    return [{ kind: 'nat.remove', ...about(network), network: network.spec.id, subnet }];
  });
}

function natSubnets(wanted: Wanted): { network: WantedNetwork; subnet: string }[] {
  return wanted.networks
    .filter((network) => network.own && network.present && network.spec.nat)
    .flatMap((network) => network.spec.subnets.map(({ prefix }) => ({ network, subnet: prefix })));
}

function about(network: WantedNetwork): { object: string; cause: string } {
  return { object: specKey(network.spec), cause: network.spec.cause };
}

import { type AddressSpec, addressesOf, type HostSpec, specKey } from '../host-spec.ts';
import type { JailState } from '../host-state.ts';
import type { Step } from '../step.ts';
import { about } from './jail-surroundings-steps.ts';
import { mayUse } from './link-steps.ts';
import type { SeenState } from './seen-state.ts';
import type { Wanted, WantedAddress, WantedInterface, WantedJail } from './wanted.ts';

/** Who wanted an address gone: the assignment's own event where there is one, else the jail's. */
export type RemovalCause = (jail: WantedJail, address: string) => { object: string; cause: string | null };

export function removalCauses(spec: HostSpec): RemovalCause {
  const absent = new Map<string, AddressSpec>();
  for (const address of addressesOf(spec)) {
    if (address.wanted === 'absent') absent.set(`${address.jail} ${address.address}`, address);
  }
  return (jail, address) => {
    const assignment = absent.get(`${jail.spec.id} ${address}`);
    return assignment
      ? { object: specKey(assignment), cause: assignment.cause }
      : { object: specKey(jail.spec), cause: jail.spec.cause };
  };
}

/** Addresses that a living jail is to lose: first it may no longer send from them, then they go. */
export function addressRemovals(
  jail: WantedJail,
  seen: JailState | undefined,
  state: SeenState,
  causeOf: RemovalCause,
): Step[] {
  if (!jail.life.up) return [];
  return jail.interfaces.flatMap((inside) => {
    const wanted = new Set(inside.addresses.map((address) => address.spec.address));
    const prefixes = new Set(inside.addresses.map((address) => address.prefix));
    const mine = (address: string) => ({ ...about(jail), ...causeOf(jail, address) });
    const { mac } = inside.spec;

    const judged = (state.judged.get(inside.port) ?? [])
      .filter(
        (entry) => entry.mac !== mac || (entry.address !== inside.linkLocal && !wanted.has(entry.address)),
      )
      .map((entry): Step => ({ kind: 'guard.address.remove', ...mine(entry.address), ...entry }));
    const carried = (seen?.netns?.addresses ?? [])
      .filter(({ link }) => link === inside.spec.name)
      .filter(({ prefix }) => !prefixes.has(prefix) && !prefix.startsWith('fe80:'))
      .map(({ link, prefix }): Step => {
        const address = prefix.slice(0, prefix.indexOf('/'));
        return { kind: 'address.remove', ...mine(address), link, address, prefix };
      });
    return [...judged, ...carried];
  });
}

/** Entries of our own bridges for addresses that no living jail is to have. A mover's entry is replaced. */
export function neighbourRemovals(wanted: Wanted, state: SeenState, causeOf: RemovalCause): Step[] {
  const right = new Set<string>();
  const owners = new Map<string, WantedJail>();
  for (const jail of wanted.jails) {
    for (const inside of jail.interfaces) {
      owners.set(inside.spec.mac, jail);
      if (!jail.life.up) continue;
      for (const { spec } of inside.addresses) right.add(`${inside.network.bridge} ${spec.address}`);
    }
    for (const inside of jail.spec.interfaces) owners.set(inside.mac, jail);
  }
  return state.neighbours.flatMap((entry): Step[] => {
    const jail = owners.get(entry.mac);
    if (right.has(`${entry.link} ${entry.address}`) || !jail) return [];
    return [
      {
        kind: 'neighbour.remove',
        ...about(jail),
        ...causeOf(jail, entry.address),
        bridge: entry.link,
        address: entry.address,
      },
    ];
  });
}

/** The guard lets it send, then its link carries it, then the bridge answers for it: in this order a move
 *  never leads to a jail that does not hold the address yet. */
export function addressAdditions(
  jail: WantedJail,
  seen: JailState | undefined,
  state: SeenState,
): { before: Step[]; after: Step[] } {
  if (!jail.life.up) return { before: [], after: [] };
  const pairs = jail.interfaces.flatMap((inside) => inside.addresses.map((address) => ({ inside, address })));
  return {
    before: pairs.flatMap(({ inside, address }) => guardAddress(jail, inside, address, state)),
    after: pairs.flatMap(({ inside, address }) => [
      ...linkAddress(jail, inside, address, seen, state),
      ...bridgeNeighbour(jail, inside, address, state),
    ]),
  };
}

function guardAddress(
  jail: WantedJail,
  inside: WantedInterface,
  { spec }: WantedAddress,
  state: SeenState,
): Step[] {
  const { port } = inside;
  const { mac } = inside.spec;
  if (mayUse(state, port, mac, spec.address)) return [];
  return [{ kind: 'guard.address.add', ...mine(jail, spec), port, mac, address: spec.address }];
}

function linkAddress(
  jail: WantedJail,
  inside: WantedInterface,
  { spec, prefix }: WantedAddress,
  seen: JailState | undefined,
  state: SeenState,
): Step[] {
  const link = inside.spec.name;
  // A pair that is made anew comes without addresses, whatever its predecessor carried.
  const kept = state.portByName.has(inside.port);
  const carried = seen?.netns?.addresses.some((entry) => entry.link === link && entry.prefix === prefix);
  if (kept && carried) return [];
  const segment = inside.network.own ? null : inside.network.bridge;
  const { mac } = inside.spec;
  return [{ kind: 'address.add', ...mine(jail, spec), link, address: spec.address, prefix, segment, mac }];
}

function bridgeNeighbour(
  jail: WantedJail,
  inside: WantedInterface,
  { spec }: WantedAddress,
  state: SeenState,
): Step[] {
  const { bridge, own } = inside.network;
  const { mac } = inside.spec;
  const { address } = spec;
  if (!own) return [];
  const right = state.answered.has(`${bridge} ${address} ${mac}`);
  return right ? [] : [{ kind: 'neighbour.add', ...mine(jail, spec), bridge, address, mac }];
}

function mine(jail: WantedJail, spec: AddressSpec) {
  return { ...about(jail), object: specKey(spec), cause: spec.cause };
}

import type { JailState } from '../host-state.ts';
import type { Step } from '../step.ts';
import { about } from './jail-surroundings-steps.ts';
import type { SeenState } from './seen-state.ts';
import { differs, OWN_PORT_FLAGS, PORT_SETTINGS, settingKey } from './settings.ts';
import type { WantedInterface, WantedJail } from './wanted.ts';

/** The guard knows the port before the link exists: there is no first packet that it does not judge. */
export function linkAdditions(jail: WantedJail, seen: JailState | undefined, state: SeenState): Step[] {
  if (!jail.life.up) return [];
  return jail.interfaces.flatMap((inside) => [
    ...guardPort(jail, inside, state),
    ...linkAddition(jail, inside, seen, state),
  ]);
}

function guardPort(jail: WantedJail, inside: WantedInterface, state: SeenState): Step[] {
  const of = { ...about(jail), port: inside.port };
  const steps: Step[] = [];
  if (!state.guardedPorts.has(inside.port)) steps.push({ kind: 'guard.port.add', ...of });
  const mac = inside.spec.mac;
  if (!mayUse(state, inside.port, mac, inside.linkLocal)) {
    steps.push({ kind: 'guard.address.add', ...of, mac, address: inside.linkLocal });
  }
  return steps;
}

function linkAddition(
  jail: WantedJail,
  inside: WantedInterface,
  seen: JailState | undefined,
  state: SeenState,
): Step[] {
  const of = { ...about(jail), port: inside.port };
  const { bridge, own } = inside.network;
  const { name: link, mac } = inside.spec;
  const network = inside.network.spec.id;
  const inner = seen?.netns?.links.find((candidate) => candidate.name === link);
  const outer = inner && state.portByName.get(inside.port);

  const steps: Step[] = [];
  // An end without its other end is not ours to mend: link.create removes it and makes the pair anew.
  if (!outer) steps.push({ kind: 'link.create', ...of, network, bridge, link, mac });
  // The kernel takes a new port up with a second call: it may have stayed down between the two.
  else if (outer.master !== bridge || !outer.up) steps.push({ kind: 'link.attach', ...of, network, bridge });

  const flags = own ? OWN_PORT_FLAGS : { isolated: false };
  const right = Object.entries(flags).every(
    ([flag, value]) => outer?.flags?.[flag as keyof typeof OWN_PORT_FLAGS] === value,
  );
  if (!right) steps.push({ kind: 'link.flags', ...of, flags });
  for (const [pattern, value] of Object.entries(PORT_SETTINGS)) {
    const key = settingKey(pattern, inside.port);
    if (differs(outer?.settings, key, value)) steps.push({ kind: 'link.setting', ...of, key, value });
  }
  const forwarded = state.forwarded.has(`${inside.port} ${mac}`);
  if (own && !(outer && forwarded)) steps.push({ kind: 'forwarding.add', ...of, mac });
  if (!(outer && inner?.up)) steps.push({ kind: 'link.up', ...about(jail), link });
  return steps;
}

/** Ports of a jail that is down, and of interfaces that it no longer has. */
export function linkRemovals(
  jail: WantedJail,
  ports: string[],
  state: SeenState,
  dissolves: boolean,
): Step[] {
  return ports
    .filter((port) => state.portByName.has(port))
    .map((port) => ({ kind: 'link.remove', ...about(jail), port, ...(dissolves ? { dissolves } : {}) }));
}

/** After the link: the guard goes last, when nothing is left that could send. */
export function guardRemovals(
  jail: WantedJail,
  ports: string[],
  state: SeenState,
): Extract<Step, { kind: 'guard.address.remove' | 'guard.port.remove' }>[] {
  return ports.flatMap((port) => [
    ...(state.judged.get(port) ?? []).map(({ mac, address }) => ({
      kind: 'guard.address.remove' as const,
      ...about(jail),
      port,
      mac,
      address,
    })),
    ...(state.guardedPorts.has(port) ? [{ kind: 'guard.port.remove' as const, ...about(jail), port }] : []),
  ]);
}

export function mayUse(state: SeenState, port: string, mac: string, address: string): boolean {
  return (state.judged.get(port) ?? []).some((entry) => entry.mac === mac && entry.address === address);
}

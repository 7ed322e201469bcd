import { isIP } from 'node:net';
import type { ForwardingEntry, Kernel, Neighbour } from '../kernel.ts';
import { emit, type FakeNamespace, linkNamed, refuse, type World } from './world.ts';

type Options<Verb extends keyof Kernel> = Parameters<Kernel[Verb]>[0];

function checkMac(step: string, mac: string) {
  if (!/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(mac)) refuse(step, 'EINVAL', `not a MAC address: ${mac}`);
}

function put(
  namespace: FakeNamespace,
  o: { link: string; address: string },
  entry: Pick<Neighbour, 'mac' | 'state'>,
  step: string,
) {
  if (isIP(o.address) === 0) refuse(step, 'EINVAL', `not an address: ${o.address}`);
  const link = linkNamed(namespace, o.link, step);
  namespace.neighbours = namespace.neighbours.filter((one) => one.link !== link || one.address !== o.address);
  namespace.neighbours.push({ link, address: o.address, ...entry });
  emit(namespace, { kind: 'neighbour', change: 'new', link: link.name });
}

export function replaceNeighbour(world: World, o: Options<'replaceNeighbour'>) {
  const step = `set neighbour ${o.address} on ${o.link} to ${o.mac}`;
  const namespace = world.enter(o.netns, step);
  checkMac(step, o.mac);
  put(namespace, o, { mac: o.mac.toLowerCase(), state: 'permanent' }, step);
}

export function deleteNeighbour(world: World, o: Options<'deleteNeighbour'>) {
  const step = `delete neighbour ${o.address} on ${o.link}`;
  const namespace = world.enter(o.netns, step);
  const link = linkNamed(namespace, o.link, step);
  const at = namespace.neighbours.findIndex((one) => one.link === link && one.address === o.address);
  if (at < 0) refuse(step, 'ENOENT');
  namespace.neighbours.splice(at, 1);
  emit(namespace, { kind: 'neighbour', change: 'gone', link: link.name });
}

/** Someone on the segment answers when the other end of the link, or a port of the same bridge, has the address. */
export function probeNeighbour(world: World, o: Options<'probeNeighbour'>) {
  const step = `ask who has ${o.address} on ${o.link}`;
  const namespace = world.enter(o.netns, step);
  const link = linkNamed(namespace, o.link, step);
  const peer = link.peer?.link;
  const segment = [
    ...(peer?.master ? [peer.master] : peer ? [peer] : []),
    ...(link.kind === 'bridge' ? namespace.links.filter((one) => one.master === link) : []).flatMap((port) =>
      port.peer ? [port.peer.link] : [],
    ),
  ];
  const owner = segment.find(
    (one) => one.up && one.addresses.some((prefix) => prefix.split('/')[0] === o.address),
  );
  const answer = owner
    ? ({ mac: owner.mac, state: 'reachable' } as const)
    : ({ mac: null, state: 'incomplete' } as const);
  put(namespace, o, answer, step);
}

export function listNeighbours(world: World, o: Options<'listNeighbours'>): Neighbour[] {
  return world
    .enter(o.netns, 'list neighbours')
    .neighbours.filter((one) => o.link === undefined || one.link.name === o.link)
    .map((one) => ({ ...one, link: one.link.name }));
}

export function replaceForwarding(world: World, o: Options<'replaceForwarding'>) {
  const step = `forward ${o.mac} to port ${o.port}`;
  const namespace = world.enter(o.netns, step);
  checkMac(step, o.mac);
  const port = linkNamed(namespace, o.port, step);
  if (!port.master) refuse(step, 'EOPNOTSUPP');
  port.master.forwarding.set(o.mac.toLowerCase(), port);
  emit(namespace, { kind: 'neighbour', change: 'new', link: port.name });
}

export function deleteForwarding(world: World, o: Options<'deleteForwarding'>) {
  const step = `stop forwarding ${o.mac} to port ${o.port}`;
  const namespace = world.enter(o.netns, step);
  const port = linkNamed(namespace, o.port, step);
  const mac = o.mac.toLowerCase();
  if (!port.master) refuse(step, 'EOPNOTSUPP');
  if (port.master.forwarding.get(mac) !== port) refuse(step, 'ENOENT');
  port.master.forwarding.delete(mac);
  emit(namespace, { kind: 'neighbour', change: 'gone', link: port.name });
}

export function listForwarding(world: World, o: Options<'listForwarding'>): ForwardingEntry[] {
  const { links } = world.enter(o.netns, 'list forwarding entries');
  return links
    .filter((link) => o.bridge === undefined || link.name === o.bridge)
    .flatMap((bridge) =>
      [...bridge.forwarding].map(([mac, port]) => ({ bridge: bridge.name, port: port.name, mac })),
    );
}

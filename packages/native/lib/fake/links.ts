import type { BridgePortFlags, Kernel, Link } from '../kernel.ts';
import { emit, type FakeLink, type FakeNamespace, linkNamed, refuse, type World } from './world.ts';

type Options<Verb extends keyof Kernel> = Parameters<Kernel[Verb]>[0];

/** What the kernel gives a new port. */
const NEW_PORT = { isolated: false, learning: true, flood: true, mcastFlood: true, bcastFlood: true };

let macs = 0;
function freshMac(): string {
  macs += 1;
  return `0e:00:${[24, 16, 8, 0].map((shift) => ((macs >> shift) & 255).toString(16).padStart(2, '0')).join(':')}`;
}

function checkName(step: string, name: string) {
  if (name.length > 15) refuse(step, 'ERANGE', 'Attribute failed policy validation');
  if (name === '' || name === '.' || name === '..' || /[\s/:]/.test(name)) refuse(step, 'EINVAL');
}

function insertLink(
  namespace: FakeNamespace,
  step: string,
  o: { name: string; kind: string; mac?: string; mtu?: number; index?: number },
): FakeLink {
  checkName(step, o.name);
  const taken = namespace.links.some((link) => link.name === o.name || link.index === o.index);
  if (taken) refuse(step, 'EEXIST');
  const link: FakeLink = {
    index: o.index ?? namespace.nextIndex,
    name: o.name,
    kind: o.kind,
    mac: o.mac ?? freshMac(),
    mtu: o.mtu ?? 1500,
    up: false,
    master: null,
    port: null,
    peer: null,
    addresses: [],
    forwarding: new Map(),
  };
  namespace.nextIndex = Math.max(namespace.nextIndex, link.index + 1);
  namespace.links.push(link);
  emit(namespace, { kind: 'link', change: 'new', link: link.name });
  return link;
}

function attach(namespace: FakeNamespace, link: FakeLink, master: string) {
  const bridge = linkNamed(namespace, master, `find bridge ${master}`);
  if (link.master === bridge) return;
  detach(link);
  link.master = bridge;
  link.port = { ...NEW_PORT };
}

function detach(link: FakeLink) {
  for (const [mac, port] of link.master?.forwarding ?? []) {
    if (port === link) link.master?.forwarding.delete(mac);
  }
  link.master = null;
  link.port = null;
}

/** What a link loses when it goes down: v6 addresses, routes of both families, neighbours. */
function lower(namespace: FakeNamespace, link: FakeLink) {
  link.up = false;
  link.addresses = link.addresses.filter((prefix) => !prefix.includes(':'));
  namespace.routes = namespace.routes.filter((route) => route.link !== link);
  namespace.neighbours = namespace.neighbours.filter((neighbour) => neighbour.link !== link);
}

function removeLink(namespace: FakeNamespace, link: FakeLink) {
  lower(namespace, link);
  detach(link);
  for (const port of namespace.links) if (port.master === link) detach(port);
  namespace.links.splice(namespace.links.indexOf(link), 1);
  for (const key of [...namespace.sysctls.keys()]) {
    if (key.split('/')[2] === link.name) namespace.sysctls.delete(key);
  }
  emit(namespace, { kind: 'link', change: 'gone', link: link.name });
  const peer = link.peer;
  if (!peer) return;
  link.peer = null;
  peer.link.peer = null;
  removeLink(peer.namespace, peer.link);
}

/** Every link of a namespace that dies, and with each veth its other end. */
export function removeAllLinks(namespace: FakeNamespace) {
  for (const link of [...namespace.links]) if (namespace.links.includes(link)) removeLink(namespace, link);
}

export function createBridge(world: World, o: Options<'createBridge'>) {
  const step = `create bridge ${o.name}`;
  const namespace = world.enter(o.netns, step);
  insertLink(namespace, step, { ...o, kind: 'bridge' }).up = true;
}

export function createVeth(world: World, o: Options<'createVeth'>) {
  const step = `create veth ${o.name} with ${o.peer.name} in ${o.peer.netns}`;
  const namespace = world.enter(o.netns, step);
  const peerNamespace = world.enter(o.peer.netns, step);
  if (o.master !== undefined) linkNamed(namespace, o.master, `find bridge ${o.master}`);
  const near = insertLink(namespace, step, { name: o.name, kind: 'veth', mac: o.mac, mtu: o.mtu });
  try {
    const peer = insertLink(peerNamespace, step, { ...o.peer, kind: 'veth', mtu: o.mtu });
    near.peer = { namespace: peerNamespace, link: peer };
    peer.peer = { namespace, link: near };
    if (o.master !== undefined) attach(namespace, near, o.master);
    world.begin(`set port flags of ${o.name} and set it up`);
    if (near.port && o.port) changePort(near.port, o.port);
    near.up = true;
  } catch (error) {
    removeLink(namespace, near);
    throw error;
  }
}

export function deleteLink(world: World, o: Options<'deleteLink'>) {
  const step = `delete link ${o.name}`;
  const namespace = world.enter(o.netns, step);
  const link = linkNamed(namespace, o.name, step);
  if (link.kind === 'loopback') refuse(step, 'EOPNOTSUPP');
  removeLink(namespace, link);
}

export function setLink(world: World, o: Options<'setLink'>) {
  const step = `change link ${o.name}`;
  const namespace = world.enter(o.netns, step);
  const link = linkNamed(namespace, o.name, step);
  if (o.master) attach(namespace, link, o.master);
  if (o.master === null) detach(link);
  if (o.mac !== undefined) link.mac = o.mac;
  if (o.mtu !== undefined) link.mtu = o.mtu;
  if (o.up === true) link.up = true;
  if (o.up === false) lower(namespace, link);
  emit(namespace, { kind: 'link', change: 'new', link: link.name });
}

function changePort(port: Required<BridgePortFlags>, flags: BridgePortFlags) {
  for (const [flag, value] of Object.entries(flags)) {
    if (value !== undefined) port[flag as keyof BridgePortFlags] = value;
  }
}

export function setBridgePort(world: World, o: Options<'setBridgePort'>) {
  const step = `set bridge port flags of ${o.name}`;
  const link = linkNamed(world.enter(o.netns, step), o.name, step);
  if (!link.port) refuse(step, 'EINVAL', 'it is no port of a bridge');
  changePort(link.port, o.flags);
}

export function listLinks(world: World, o: Options<'listLinks'>): Link[] {
  const { links } = world.enter(o.netns, 'list links');
  return links.map((link) => ({
    index: link.index,
    name: link.name,
    kind: link.kind,
    mac: link.mac,
    mtu: link.mtu,
    up: link.up,
    master: link.master?.name ?? null,
    port: link.port && { ...link.port },
  }));
}

import { BlockList, isIP, isIPv4 } from 'node:net';
import type { Kernel, LinkAddress, Route } from '../kernel.ts';
import { emit, type FakeLink, type FakeNamespace, linkNamed, refuse, type World } from './world.ts';

type Options<Verb extends keyof Kernel> = Parameters<Kernel[Verb]>[0];

function split(prefix: string, step: string): { address: string; length: number; v4: boolean } {
  const [address = '', length = ''] = prefix.split('/');
  const v4 = isIPv4(address);
  const valid = isIP(address) !== 0 && /^\d{1,3}$/.test(length) && Number(length) <= (v4 ? 32 : 128);
  if (!valid) refuse(step, 'EINVAL', `not a prefix: ${prefix}`);
  return { address, length: Number(length), v4 };
}

function contains(prefix: string, address: string, step: string): boolean {
  const { address: network, length, v4 } = split(prefix, step);
  if (v4 !== isIPv4(address)) return false;
  const family = v4 ? 'ipv4' : 'ipv6';
  const block = new BlockList();
  block.addSubnet(network, length, family);
  return block.check(address, family);
}

export function addAddress(world: World, o: Options<'addAddress'>) {
  const step = `add address ${o.prefix} to ${o.link}`;
  const namespace = world.enter(o.netns, step);
  const { address, v4 } = split(o.prefix, step);
  const link = linkNamed(namespace, o.link, step);
  // v4 tells apart by length too, v6 by the address alone
  const same = (one: string) => (v4 ? one === o.prefix : one.split('/')[0] === address);
  if (link.addresses.some(same)) refuse(step, 'EEXIST');
  link.addresses.push(o.prefix);
  emit(namespace, { kind: 'address', change: 'new', link: link.name });
}

export function deleteAddress(world: World, o: Options<'deleteAddress'>) {
  const step = `delete address ${o.prefix} from ${o.link}`;
  const namespace = world.enter(o.netns, step);
  const { v4 } = split(o.prefix, step);
  const link = linkNamed(namespace, o.link, step);
  const at = link.addresses.indexOf(o.prefix);
  if (at < 0) refuse(step, 'EADDRNOTAVAIL');
  link.addresses.splice(at, 1);
  emit(namespace, { kind: 'address', change: 'gone', link: link.name });
  // With its last v4 address a link loses all its v4 routes
  if (v4 && !link.addresses.some((one) => !one.includes(':'))) {
    namespace.routes = namespace.routes.filter((route) => route.link !== link || isV6(route.destination));
  }
}

export function listAddresses(world: World, o: Options<'listAddresses'>): LinkAddress[] {
  const { links } = world.enter(o.netns, 'list addresses');
  return links.flatMap((link) => link.addresses.map((prefix) => ({ link: link.name, prefix })));
}

function isV6(destination: string): boolean {
  return destination === 'default6' || destination.includes(':');
}

function inWords(route: Route): string {
  return `${route.destination}${route.gateway === undefined ? '' : ` by ${route.gateway}`} on ${route.link}`;
}

function isReachable(namespace: FakeNamespace, link: FakeLink, gateway: string, step: string): boolean {
  if (gateway.startsWith('fe80:')) return true;
  const onLink = namespace.routes.filter((route) => route.link === link && route.gateway === undefined);
  const prefixes = onLink.map((route) => route.destination).filter((one) => !one.startsWith('default'));
  return [...link.addresses, ...prefixes].some((prefix) => contains(prefix, gateway, step));
}

export function addRoute(world: World, o: Options<'addRoute'>) {
  const step = `add route ${inWords(o.route)}`;
  const namespace = world.enter(o.netns, step);
  const { destination, gateway, onlink = false } = o.route;
  const link = linkNamed(namespace, o.route.link, step);
  if (!destination.startsWith('default')) split(destination, step);
  if (!link.up) refuse(step, 'ENETDOWN');
  if (gateway !== undefined && !onlink && !isReachable(namespace, link, gateway, step)) {
    refuse(step, isV6(destination) ? 'EHOSTUNREACH' : 'ENETUNREACH', 'Nexthop has invalid gateway');
  }
  if (namespace.routes.some((route) => route.destination === destination)) refuse(step, 'EEXIST');
  namespace.routes.push({ destination, gateway, link, onlink });
  emit(namespace, { kind: 'route', change: 'new', link: link.name });
}

export function deleteRoute(world: World, o: Options<'deleteRoute'>) {
  const step = `delete route ${inWords(o.route)}`;
  const namespace = world.enter(o.netns, step);
  const link = linkNamed(namespace, o.route.link, step);
  const at = namespace.routes.findIndex(
    (route) =>
      route.destination === o.route.destination &&
      route.link === link &&
      (o.route.gateway === undefined || route.gateway === o.route.gateway),
  );
  if (at < 0) refuse(step, 'ESRCH');
  namespace.routes.splice(at, 1);
  emit(namespace, { kind: 'route', change: 'gone', link: link.name });
}

export function listRoutes(world: World, o: Options<'listRoutes'>): Route[] {
  return world.enter(o.netns, 'list routes').routes.map((route) => ({
    destination: route.destination,
    ...(route.gateway === undefined ? {} : { gateway: route.gateway }),
    link: route.link.name,
    ...(route.onlink ? { onlink: true } : {}),
  }));
}

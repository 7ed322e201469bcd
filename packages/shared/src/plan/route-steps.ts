import type { JailState } from '../host-state.ts';
import type { Step } from '../step.ts';
import { about } from './jail-surroundings-steps.ts';
import { BRIDGE_LINK_LOCAL } from './settings.ts';
import type { WantedInterface, WantedJail } from './wanted.ts';

interface DefaultRoute {
  destination: 'default4' | 'default6';
  gateway: string;
  link: string;
}

/** Default routes, one per family that has an address; the first interface that leads out is the way out. */
function wantedRoutes(jail: WantedJail): DefaultRoute[] {
  const routes = new Map<string, DefaultRoute>();
  for (const inside of jail.interfaces) {
    for (const route of routesOf(inside)) {
      if (!routes.has(route.destination)) routes.set(route.destination, route);
    }
  }
  return [...routes.values()];
}

function routesOf(inside: WantedInterface): DefaultRoute[] {
  const { network, addresses } = inside;
  const link = inside.spec.name;
  const has6 = addresses.some(({ spec }) => spec.address.includes(':'));
  const has4 = addresses.some(({ spec }) => !spec.address.includes(':'));
  const gateway6 = network.own ? BRIDGE_LINK_LOCAL : network.gateway6;
  const routes: DefaultRoute[] = [];
  if (has4 && network.gateway4) routes.push({ destination: 'default4', gateway: network.gateway4, link });
  if (has6 && gateway6) routes.push({ destination: 'default6', gateway: gateway6, link });
  return routes;
}

export function routeRemovals(jail: WantedJail, seen: JailState | undefined): Step[] {
  if (!jail.life.up) return [];
  const wanted = wantedRoutes(jail);
  return defaults(seen)
    .filter((route) => !wanted.some((right) => sameRoute(right, route)))
    .map((route) => ({ kind: 'route.remove', ...about(jail), ...route }));
}

export function routeAdditions(jail: WantedJail, seen: JailState | undefined): Step[] {
  if (!jail.life.up) return [];
  return wantedRoutes(jail)
    .filter(
      (right) =>
        !defaults(seen).some((route) => sameRoute(right, route)) || losesItsRoutes(jail, seen, right),
    )
    .map((right) => ({ kind: 'route.add', ...about(jail), ...right }));
}

/** When the last v4 address of a link goes, the kernel drops the link's routes with it. */
function losesItsRoutes(jail: WantedJail, seen: JailState | undefined, route: DefaultRoute): boolean {
  if (route.destination !== 'default4') return false;
  const kept = new Set(
    jail.interfaces
      .filter((inside) => inside.spec.name === route.link)
      .flatMap((inside) => inside.addresses.map((address) => address.prefix)),
  );
  return !(seen?.netns?.addresses ?? []).some(
    ({ link, prefix }) => link === route.link && !prefix.includes(':') && kept.has(prefix),
  );
}

function defaults(seen: JailState | undefined) {
  return (seen?.netns?.routes ?? []).filter((route) => /^default[46]$/.test(route.destination));
}

function sameRoute(a: DefaultRoute, b: { destination: string; gateway: string | null; link: string }) {
  return a.destination === b.destination && a.gateway === b.gateway && a.link === b.link;
}

import { HostStatus } from '@cellblock/shared/host-status';
import type { Tx } from '../db.ts';

interface Reachable {
  name: string;
  hostId: string | null;
  parent: string | null;
}

interface ReachHost {
  id: string;
  name: string;
  status: unknown;
}

/** The last report of a host, as far as this asks; null: it never reported. */
export function statusOf(host: { status: unknown }): HostStatus | null {
  const status = HostStatus.safeParse(host.status);
  return status.success ? status.data : null;
}

/** Whether a host carries a network: it is the one host of a bridge of our own, or it has the parent bridge. */
export function reaches(network: Reachable, host: ReachHost): boolean {
  if (network.hostId !== null) return network.hostId === host.id;
  return network.parent !== null && (statusOf(host)?.facts.bridges.includes(network.parent) ?? false);
}

export async function hostsReached(tx: Tx, network: Reachable) {
  const hosts = await tx.host.findMany({ where: { state: { not: 'removed' } }, orderBy: { name: 'asc' } });
  return hosts.filter((host) => reaches(network, host));
}

/** Shown wherever the network is shown: nobody should think that two hosts share a segment which they do not. */
export function reachText(network: Reachable & { nat: boolean }, hosts: readonly { name: string }[]): string {
  const names = hosts.map(({ name }) => name).join(', ');
  if (network.parent === null) {
    // With NAT the host lets nobody in; without it, it forwards for whoever has a route, if it forwards at all.
    return `reaches jails of host ${names} only${network.nat ? '' : ', and who has a route through it'}`;
  }
  if (network.hostId !== null) return `attached to bridge ${network.parent} of host ${names}`;
  return names
    ? `the segment of bridge ${network.parent}, on ${names}`
    : `the segment of bridge ${network.parent}, which no host has reported`;
}

import { type HostSpec, hostSpec, type SpecObject } from '@cellblock/shared/host-spec';
import { JailSettings } from '@cellblock/shared/jail-spec';
import type { Tx } from '../db.ts';

/** The rows that one host's spec is made from; nothing that is over. */
export type SpecRows = Awaited<ReturnType<typeof loadSpecRows>>;

/** Loads what a host should be: inside a transaction also what it would be. */
export async function loadSpecRows(tx: Tx, hostId: string) {
  const host = await tx.host.findUniqueOrThrow({
    where: { id: hostId },
    select: { id: true, generation: true },
  });
  const jails = await tx.jail.findMany({
    where: { hostId, goneAt: null },
    include: { interfaces: { orderBy: { name: 'asc' } } },
  });
  // A segment's network is told to the hosts that have a jail on it; a bridge of our own to its one host.
  const attached = jails.flatMap((jail) => jail.interfaces.map((inside) => inside.networkId));
  const networks = await tx.network.findMany({
    where: { removedAt: null, OR: [{ hostId }, { hostId: null, id: { in: attached } }] },
    include: { subnets: { orderBy: { position: 'asc' } } },
  });
  const assignments = await tx.ipAssignment.findMany({ where: { hostId, seenGone: null } });
  return { host, networks, jails, assignments };
}

/**
 * Rows to spec. An address that moves within the host is given to its successor at once, since removals go
 * first there; one that comes from another host is not in the rows of this one before that host has
 * confirmed that it is gone.
 */
export function buildHostSpec(rows: SpecRows): HostSpec {
  const objects: SpecObject[] = [];
  for (const network of rows.networks) {
    objects.push({
      kind: 'network',
      id: network.id,
      key: network.key,
      name: network.name,
      cause: network.cause,
      wanted: network.wanted === 'present' ? 'present' : 'absent',
      parent: network.parent,
      subnets: network.subnets.map(({ prefix, gateway }) => ({ prefix, gateway })),
      nat: network.nat,
    });
  }
  for (const jail of rows.jails) {
    objects.push({
      kind: 'jail',
      id: jail.id,
      key: jail.key,
      name: jail.name,
      cause: jail.cause,
      wanted: jail.wanted as 'running' | 'stopped' | 'destroyed',
      purge: jail.purge,
      startNumber: jail.startNumber,
      settings: JailSettings.parse(jail.settings),
      interfaces: jail.interfaces.map(({ id, key, name, networkId, mac }) => ({
        id,
        key,
        name,
        network: networkId,
        mac,
      })),
    });
  }
  for (const row of rows.assignments) {
    objects.push({
      kind: 'address',
      id: row.id,
      cause: row.releaseEvent ?? row.assignEvent,
      wanted: row.wantedUntil === null ? 'present' : 'absent',
      jail: row.jailId,
      interface: row.interfaceId,
      network: row.networkId,
      address: row.address,
      prefixLength: row.prefixLength,
    });
    if (row.successorId && row.successorHostId === row.hostId) {
      objects.push({
        kind: 'address',
        id: row.successorId,
        cause: row.successorEvent ?? row.assignEvent,
        wanted: 'present',
        jail: row.successorJailId ?? row.jailId,
        interface: row.successorInterfaceId ?? row.interfaceId,
        network: row.networkId,
        address: row.address,
        prefixLength: row.prefixLength,
      });
    }
  }
  return hostSpec(rows.host.generation, objects);
}

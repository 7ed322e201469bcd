import { bridgeName, portName } from '@cellblock/shared/owned-names';
import type { HostNetworkPicture } from '@cellblock/shared/views/host-view';
import type { Db } from '../db.ts';
import { findHost } from '../find-object.ts';
import { statusOf } from '../networks/reach.ts';

/** How a host is wired: its networks with the ports and addresses of its jails, and its own links. */
export async function networkPicture(db: Db, ref: string): Promise<HostNetworkPicture> {
  const host = await findHost(db, ref);
  const status = statusOf(host);
  const inside = await db.jailInterface.findMany({
    where: { jail: { hostId: host.id, goneAt: null } },
    include: { jail: true },
    orderBy: [{ jail: { name: 'asc' } }, { name: 'asc' }],
  });
  const networks = await db.network.findMany({
    where: {
      removedAt: null,
      OR: [{ hostId: host.id }, { hostId: null, id: { in: inside.map(({ networkId }) => networkId) } }],
    },
    include: { subnets: { orderBy: { position: 'asc' } } },
    orderBy: { name: 'asc' },
  });
  const held = await db.ipAssignment.findMany({ where: { hostId: host.id, seenGone: null } });
  const instance = status?.facts.instance ?? '';
  const links = Map.groupBy(status?.facts.addresses ?? [], ({ link }) => link);
  return {
    networks: networks.map((network) => {
      const seen = status?.networks.find(({ id }) => id === network.id);
      return {
        id: network.id,
        name: network.name,
        link: seen?.link ?? network.parent ?? (instance === '' ? null : bridgeName(instance, network.key)),
        parent: network.parent,
        subnets: network.subnets.map(({ prefix, gateway }) => ({ prefix, gateway })),
        nat: network.nat,
        seen: seen?.state === 'present',
        ports: inside
          .filter(({ networkId }) => networkId === network.id)
          .map((port) => ({
            jail: { id: port.jail.id, name: port.jail.name },
            interface: port.name,
            link: portName(instance, port.key),
            addresses: held
              .filter(({ interfaceId }) => interfaceId === port.id)
              .map((row) => ({ address: row.address, state: stateOf(row) })),
          })),
      };
    }),
    links: [...links].map(([link, addresses]) => ({
      link,
      addresses: addresses.map(({ prefix }) => prefix),
    })),
  };
}

function stateOf(row: { seenFrom: Date | null; wantedUntil: Date | null }): string {
  if (row.wantedUntil !== null) return 'releasing';
  return row.seenFrom === null ? 'wanted' : 'assigned';
}

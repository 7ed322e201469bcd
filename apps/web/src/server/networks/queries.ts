import type { NetworkView } from '@cellblock/shared/views/network-view';
import type { Db, Tx } from '../db.ts';
import { type FoundNetwork, findNetwork, networkParts } from '../find-object.ts';
import { poolView } from '../pools/pool-view.ts';
import { hostsReached, reachText, statusOf } from './reach.ts';

export async function readNetwork(db: Db | Tx, ref: string): Promise<NetworkView> {
  return await networkView(db, await findNetwork(db, ref));
}

export async function listNetworks(db: Db): Promise<NetworkView[]> {
  const networks = await db.network.findMany({
    where: { removedAt: null },
    include: networkParts,
    orderBy: { name: 'asc' },
  });
  const views = [];
  for (const network of networks) views.push(await networkView(db, network));
  return views;
}

async function networkView(db: Db | Tx, network: FoundNetwork): Promise<NetworkView> {
  const hosts = await hostsReached(db, network);
  const now = new Date();
  const pools = [];
  for (const row of network.pools) pools.push(await poolView(db, network, row, now));
  return {
    id: network.id,
    name: network.name,
    kind: 'bridge',
    parent: network.parent,
    nat: network.nat,
    subnets: network.subnets.map(({ prefix, gateway }) => ({ prefix, gateway })),
    reach: network.hostId === null ? 'segment' : 'host',
    reachText: reachText(network, hosts),
    hosts: hosts.map((host) => ({
      id: host.id,
      name: host.name,
      seen:
        statusOf(host)?.networks.some(({ id, state }) => id === network.id && state === 'present') ?? false,
    })),
    pools,
    jails: await db.jail.count({
      where: { goneAt: null, interfaces: { some: { networkId: network.id } } },
    }),
    createdAt: network.createdAt.toISOString(),
  };
}

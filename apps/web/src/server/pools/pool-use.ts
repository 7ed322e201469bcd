import type { Pool, PoolUse, UsedAddress } from '@cellblock/shared/ip-pool';
import { prefixContains } from '@cellblock/shared/subnet';
import type { Tx } from '../db.ts';
import type { FoundNetwork } from '../find-object.ts';
import { hostsReached, statusOf } from '../networks/reach.ts';

export type PoolRow = FoundNetwork['pools'][number];

/** Everybody who gives or takes an address of a pool waits here for the others. */
export async function lockPool(tx: Tx, id: string): Promise<void> {
  await tx.$queryRaw`SELECT id FROM pool WHERE id = ${id}::uuid FOR UPDATE`;
}

/** A pool with the subnet that it lies in, as the pure rules want it. */
export function poolOf(network: Pick<FoundNetwork, 'subnets'>, row: Omit<PoolRow, 'reservations'>): Pool {
  const subnet = network.subnets.find(({ prefix }) => prefixContains(prefix, row.first));
  if (!subnet) throw new Error(`pool ${row.name} lies in no subnet of its network`);
  const { first, last, coolingSeconds } = row;
  return { first, last, coolingSeconds, subnet: { prefix: subnet.prefix, gateway: subnet.gateway } };
}

/** What the newest interval of an address says. */
export interface NewestInterval {
  address: string;
  jailId: string;
  jailName: string;
  wantedFrom: Date;
  seenFrom: Date | null;
  wantedUntil: Date | null;
  seenGone: Date | null;
}

/** The newest interval of each address of a range: the open one, else the one that ended last. */
export async function newestIntervals(
  tx: Tx,
  networkId: string,
  range: { first: string; last: string },
): Promise<NewestInterval[]> {
  return await tx.$queryRaw<NewestInterval[]>`
    SELECT DISTINCT ON (address) host(address) AS address, jail_id::text AS "jailId", jail_name AS "jailName",
      wanted_from AS "wantedFrom", seen_from AS "seenFrom", wanted_until AS "wantedUntil", seen_gone AS "seenGone"
    FROM ip_assignment
    WHERE network_id = ${networkId}::uuid AND address BETWEEN ${range.first}::inet AND ${range.last}::inet
    ORDER BY address, seen_gone DESC NULLS FIRST`;
}

export function usedAddress(row: {
  address: string;
  jailId: string;
  seenFrom: Date | null;
  wantedUntil: Date | null;
  seenGone: Date | null;
}): UsedAddress {
  return { address: row.address, state: intervalState(row), jail: row.jailId, seenGone: row.seenGone };
}

export function intervalState(row: {
  seenFrom: Date | null;
  wantedUntil: Date | null;
  seenGone: Date | null;
}): UsedAddress['state'] {
  if (row.seenGone) return 'released';
  if (row.wantedUntil) return 'releasing';
  return row.seenFrom ? 'assigned' : 'wanted';
}

/** Addresses that hosts of a network have themselves, as they report. */
export async function hostAddressesOn(tx: Tx, network: FoundNetwork) {
  const found: { host: string; link: string; address: string }[] = [];
  for (const host of await hostsReached(tx, network)) {
    for (const { link, prefix } of statusOf(host)?.facts.addresses ?? []) {
      const address = prefix.split('/')[0] ?? prefix;
      if (!network.subnets.some((subnet) => prefixContains(subnet.prefix, address))) continue;
      if (network.subnets.some((subnet) => subnet.gateway === address)) continue;
      found.push({ host: host.name, link, address });
    }
  }
  return found;
}

/** Reservations that are in force. */
export function reservationsNow(row: PoolRow, now: Date): PoolRow['reservations'] {
  return row.reservations.filter(({ until }) => until === null || until > now);
}

export async function loadPoolUse(
  tx: Tx,
  network: FoundNetwork,
  row: PoolRow,
  now: Date,
): Promise<PoolUse & { newest: NewestInterval[] }> {
  const newest = await newestIntervals(tx, network.id, row);
  return {
    newest,
    used: newest.map(usedAddress),
    reserved: reservationsNow(row, now),
    hostAddresses: (await hostAddressesOn(tx, network)).map(({ address }) => address),
  };
}

import { ipFamily } from '@cellblock/shared/ip-address';
import { coolingUntil } from '@cellblock/shared/ip-pool';
import { ipValue, prefixContains, subnetRole } from '@cellblock/shared/subnet';
import type { AddressView, AssignmentRecord } from '@cellblock/shared/views/address-view';
import type { AddressState } from '@cellblock/shared/views/network-view';
import { seqsOf } from '../audit/event-seqs.ts';
import type { Db, Tx } from '../db.ts';
import { hostAddressesOn, intervalState, reservationsNow, usedAddress } from '../pools/pool-use.ts';
import { poolAround } from './assignment-question.ts';
import { networkOfAddress } from './network-for.ts';

type Row = Awaited<ReturnType<Db['ipAssignment']['findMany']>>[number];

/** One address with who has it and who had it, newest first. */
export async function readAddress(db: Db | Tx, address: string, historyLimit = 50): Promise<AddressView> {
  const now = new Date();
  const history = await assignmentHistory(db, address, historyLimit);
  const network = await networkOfAddress(db, address);
  const pool = network && poolAround(network, address);
  const newest = network
    ? await db.ipAssignment.findFirst({
        where: { networkId: network.id, address },
        orderBy: { seenGone: { sort: 'desc', nulls: 'first' } },
      })
    : null;
  const until = newest && pool ? coolingUntil(pool, usedAddress(newest)) : null;
  const cooling = until !== null && until > now;
  const reservation = pool
    ? reservationsNow(pool, now).find(
        ({ first, last }) => ipValue(first) <= ipValue(address) && ipValue(address) <= ipValue(last),
      )
    : undefined;
  const open = newest && newest.seenGone === null ? newest : null;
  const subnet = network?.subnets.find(({ prefix }) => prefixContains(prefix, address));
  const onHost = network && (await hostAddressesOn(db, network)).some((host) => host.address === address);
  return {
    address,
    network: network && { id: network.id, name: network.name },
    pool: pool && { id: pool.id, name: pool.name },
    state: open
      ? (intervalState(open) as AddressState)
      : ((subnet && subnetRole(subnet, address)) ??
        (reservation ? 'reserved' : cooling ? 'cooling' : onHost ? 'host' : 'free')),
    current: history.find((record) => record.id === open?.id) ?? null,
    coolingUntil: cooling ? until.toISOString() : null,
    reservation: reservation
      ? { reason: reservation.reason, until: reservation.until?.toISOString() ?? null, by: reservation.by }
      : null,
    history,
  };
}

/** Who held an address, newest first; outlives jail, pool and network. */
export async function assignmentHistory(
  db: Db | Tx,
  address: string,
  limit = 50,
): Promise<AssignmentRecord[]> {
  ipFamily(address);
  const rows = await db.ipAssignment.findMany({
    where: { address },
    orderBy: [{ seenGone: { sort: 'desc', nulls: 'first' } }, { wantedFrom: 'desc' }],
    take: limit,
  });
  return await recordsOf(db, rows);
}

export async function recordsOf(db: Db | Tx, rows: Row[]): Promise<AssignmentRecord[]> {
  const events = rows.flatMap(({ assignEvent, releaseEvent }) => [
    assignEvent,
    ...(releaseEvent ? [releaseEvent] : []),
  ]);
  const seqs = await seqsOf(db, events);
  const eventOf = (id: string) => ({ id, seq: seqs.get(id) ?? null });
  return rows.map((row) => ({
    id: row.id,
    address: row.address,
    network: { id: row.networkId, name: row.networkName },
    jail: { id: row.jailId, name: row.jailName },
    host: { id: row.hostId, name: row.hostName },
    interface: row.interfaceName,
    wantedFrom: row.wantedFrom.toISOString(),
    seenFrom: row.seenFrom?.toISOString() ?? null,
    wantedUntil: row.wantedUntil?.toISOString() ?? null,
    seenGone: row.seenGone?.toISOString() ?? null,
    assignedBy: row.assignedBy,
    releasedBy: row.releasedBy,
    assignEvent: eventOf(row.assignEvent),
    releaseEvent: row.releaseEvent ? eventOf(row.releaseEvent) : null,
    forced: row.forcedBy && row.forcedReason ? { by: row.forcedBy, reason: row.forcedReason } : null,
    successor:
      row.successorJailId && row.successorJailName && row.seenGone === null
        ? { jail: { id: row.successorJailId, name: row.successorJailName } }
        : null,
  }));
}

import { AppError } from '@cellblock/shared/app-error';
import { assignmentConflict } from '@cellblock/shared/assignment-conflict';
import { ipFamily } from '@cellblock/shared/ip-address';
import { countPool, nextFree } from '@cellblock/shared/ip-pool';
import { knownPrefix, prefixContains } from '@cellblock/shared/subnet';
import { newEventId } from '../audit/event-id.ts';
import type { Work } from '../change-fleet.ts';
import { type FoundNetwork, findNetwork } from '../find-object.ts';
import { loadPoolUse, lockPool, type PoolRow, poolOf } from '../pools/pool-use.ts';
import { assignmentQuestion, poolAround } from './assignment-question.ts';
import { poolFull } from './pool-full.ts';

export interface AddressTaker {
  jail: { id: string; name: string };
  host: { id: string; name: string };
  interface: { id: string; name: string };
}

export interface GivenAddress {
  /** the assignment */
  id: string;
  address: string;
}

/**
 * Gives one address of a network to a jail's interface: the one asked for, or the next free one of a
 * family. The pool's row is locked first, so that callers come one after the other and see each other's
 * rows; the exclusion constraint stands behind that.
 */
export async function giveAddress(
  work: Work,
  taker: AddressTaker,
  from: { network: FoundNetwork; pool?: PoolRow | undefined; family: 'v4' | 'v6' },
  asked: string | undefined,
): Promise<GivenAddress> {
  const address =
    asked === undefined ? await chooseNext(work, taker, from) : await claim(work, taker, from, asked);
  const { network } = from;
  const retaken = await retakeReleasing(work, taker, network.id, address);
  if (retaken) return { id: retaken, address };
  const subnet = network.subnets.find(({ prefix }) => prefixContains(prefix, address));
  if (!subnet) throw new Error(`${address} lies in no subnet of ${network.name}`);
  const id = newEventId();
  await work.tx.$executeRaw`
    INSERT INTO ip_assignment (id, network_id, address, prefix_length, jail_id, interface_id, host_id,
      network_name, jail_name, interface_name, host_name, wanted_from, held, assign_event, assigned_by)
    SELECT ${id}::uuid, ${network.id}::uuid, ${address}::inet, ${knownPrefix(subnet.prefix).length},
      ${taker.jail.id}::uuid, ${taker.interface.id}::uuid, ${taker.host.id}::uuid,
      ${network.name}, ${taker.jail.name}, ${taker.interface.name}, ${taker.host.name},
      clock.t, tstzrange(greatest(clock.t, before.ended), NULL), ${work.event}::uuid, ${work.by}
    FROM (SELECT clock_timestamp() AS t) clock,
      (SELECT max(seen_gone) AS ended FROM ip_assignment
        WHERE network_id = ${network.id}::uuid AND address = ${address}::inet) before`;
  return { id, address };
}

async function claim(
  work: Work,
  taker: AddressTaker,
  from: { network: FoundNetwork },
  address: string,
): Promise<string> {
  const pool = poolAround(from.network, address);
  if (pool) await lockPool(work.tx, pool.id);
  const network = pool ? await findNetwork(work.tx, from.network.id) : from.network;
  const conflict = assignmentConflict(
    await assignmentQuestion(work.tx, network, address, taker.jail, new Date()),
  );
  if (!conflict) return address;
  const { code, message, ...more } = conflict;
  throw new AppError(code, message, more);
}

async function chooseNext(
  work: Work,
  taker: AddressTaker,
  from: { network: FoundNetwork; pool?: PoolRow | undefined; family: 'v4' | 'v6' },
): Promise<string> {
  const rows = from.pool
    ? [from.pool]
    : from.network.pools.filter(({ first }) => ipFamily(first) === from.family);
  if (rows.length === 0) {
    throw new AppError('conflict', `Network ${from.network.name} has no pool of IP${from.family}.`, {
      field: 'network',
      cause: 'Addresses are given from pools only.',
      fix: `Make one: cellblock pool create NAME --network ${from.network.name} --range FIRST-LAST`,
    });
  }
  const full = [];
  for (const { id } of rows) {
    await lockPool(work.tx, id);
    // Reservations may have changed while this waited for the lock.
    const network = await findNetwork(work.tx, from.network.id);
    const row = network.pools.find((candidate) => candidate.id === id);
    if (!row) continue;
    const now = new Date();
    const use = await loadPoolUse(work.tx, network, row, now);
    const next = nextFree(poolOf(network, row), use, now, taker.jail.id);
    if (next !== null) return next;
    full.push({ name: row.name, count: countPool(poolOf(network, row), use, now) });
  }
  throw poolFull(full, from.network.name);
}

/** The holder wants it back before its host confirmed the removal: the interval goes on. */
async function retakeReleasing(
  work: Work,
  taker: AddressTaker,
  networkId: string,
  address: string,
): Promise<string | null> {
  const row = await work.tx.ipAssignment.findFirst({
    where: { networkId, address, seenGone: null, jailId: taker.jail.id, wantedUntil: { not: null } },
  });
  if (!row) return null;
  await work.tx.ipAssignment.update({
    where: { id: row.id },
    data: {
      wantedUntil: null,
      releaseEvent: null,
      releasedBy: null,
      releaseGeneration: null,
      assignEvent: work.event,
      interfaceId: taker.interface.id,
      interfaceName: taker.interface.name,
    },
  });
  return row.id;
}

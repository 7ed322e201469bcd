import type { AssignmentQuestion } from '@cellblock/shared/assignment-conflict';
import { ipFamily } from '@cellblock/shared/ip-address';
import { coolingUntil, nextFree } from '@cellblock/shared/ip-pool';
import { ipValue } from '@cellblock/shared/subnet';
import type { Tx } from '../db.ts';
import type { FoundNetwork } from '../find-object.ts';
import {
  hostAddressesOn,
  intervalState,
  loadPoolUse,
  type PoolRow,
  poolOf,
  reservationsNow,
  usedAddress,
} from '../pools/pool-use.ts';

/** The pool of a network that an address lies in. */
export function poolAround(network: FoundNetwork, address: string): PoolRow | null {
  const value = ipValue(address);
  return (
    network.pools.find(
      ({ first, last }) =>
        ipFamily(first) === ipFamily(address) && ipValue(first) <= value && value <= ipValue(last),
    ) ?? null
  );
}

/** Everything that is known of one address, for `assignmentConflict`. */
export async function assignmentQuestion(
  tx: Tx,
  network: FoundNetwork,
  address: string,
  jail: { id: string; name: string } | null,
  now: Date,
): Promise<AssignmentQuestion> {
  const pool = poolAround(network, address);
  const newest = await tx.ipAssignment.findFirst({
    where: { networkId: network.id, address },
    orderBy: { seenGone: { sort: 'desc', nulls: 'first' } },
  });
  const state = newest ? intervalState(newest) : 'released';
  const until = newest && pool ? coolingUntil(pool, usedAddress(newest)) : null;
  const reservation = pool && reservationsNow(pool, now).find((range) => contains(range, address));
  const onWire = (await hostAddressesOn(tx, network)).find((host) => host.address === address);
  return {
    address,
    jail,
    network: { name: network.name, subnets: network.subnets },
    pools: network.pools,
    current:
      newest && state !== 'released'
        ? {
            jail: { id: newest.jailId, name: newest.jailName },
            host: { name: newest.hostName },
            state,
            since: newest.wantedUntil ?? newest.wantedFrom,
            by: newest.releasedBy ?? newest.assignedBy,
            successor:
              newest.successorJailId && newest.successorJailName
                ? { id: newest.successorJailId, name: newest.successorJailName }
                : null,
          }
        : null,
    cooling:
      newest && until && until > now ? { jail: { id: newest.jailId, name: newest.jailName }, until } : null,
    reservation: reservation
      ? {
          first: reservation.first,
          last: reservation.last,
          reason: reservation.reason,
          until: reservation.until,
          by: reservation.by,
        }
      : null,
    onWire: onWire ?? null,
    next: await suggestedInstead(tx, network, pool, address, jail, now),
  };
}

async function suggestedInstead(
  tx: Tx,
  network: FoundNetwork,
  pool: PoolRow | null,
  address: string,
  jail: { id: string } | null,
  now: Date,
): Promise<string | null> {
  const families = network.pools.filter(({ first }) => ipFamily(first) === ipFamily(address));
  const others = network.pools.filter((other) => !families.includes(other));
  for (const row of [...(pool ? [pool] : []), ...families, ...others]) {
    const next = nextFree(
      poolOf(network, row),
      await loadPoolUse(tx, network, row, now),
      now,
      jail?.id ?? null,
    );
    if (next !== null && next !== address) return next;
  }
  return null;
}

function contains(range: { first: string; last: string }, address: string): boolean {
  const value = ipValue(address);
  return ipValue(range.first) <= value && value <= ipValue(range.last);
}

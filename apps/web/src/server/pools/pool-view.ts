import { ipFamily } from '@cellblock/shared/ip-address';
import { countPool, nextFree, type PoolCount } from '@cellblock/shared/ip-pool';
import type { PoolCounts, PoolView } from '@cellblock/shared/views/network-view';
import type { Db, Tx } from '../db.ts';
import type { FoundNetwork } from '../find-object.ts';
import { loadPoolUse, type PoolRow, poolOf, reservationsNow } from './pool-use.ts';

export async function poolView(
  db: Db | Tx,
  network: FoundNetwork,
  row: PoolRow,
  now: Date,
): Promise<PoolView> {
  const pool = poolOf(network, row);
  const use = await loadPoolUse(db, network, row, now);
  return {
    id: row.id,
    name: row.name,
    network: { id: network.id, name: network.name },
    family: ipFamily(row.first),
    first: row.first,
    last: row.last,
    coolingSeconds: row.coolingSeconds,
    counts: countsOf(countPool(pool, use, now)),
    next: nextFree(pool, use, now),
    reservations: reservationsNow(row, now).map(({ id, first, last, reason, until, by }) => ({
      id,
      first,
      last,
      reason,
      until: until?.toISOString() ?? null,
      by,
    })),
  };
}

export function countsOf(count: PoolCount): PoolCounts {
  const { size, assigned, releasing, cooling, reserved, free } = count;
  return { size: String(size), assigned, releasing, cooling, reserved, free: String(free) };
}

import { formatIp, ipFamily } from '@cellblock/shared/ip-address';
import { coolingUntil, countPool, isCooling } from '@cellblock/shared/ip-pool';
import { ipValue, knownPrefix, prefixContains } from '@cellblock/shared/subnet';
import type { PoolCell, PoolCells } from '@cellblock/shared/views/network-view';
import type { Db } from '../db.ts';
import { findNetwork, findPool } from '../find-object.ts';
import {
  intervalState,
  loadPoolUse,
  type NewestInterval,
  poolOf,
  reservationsNow,
  usedAddress,
} from './pool-use.ts';
import { countsOf } from './pool-view.ts';

/** The grid of a v4 subnet is shown address by address up to this many. */
const GRID_LIMIT = 1024n;

/**
 * A pool as a grid: the pool's range, and the addresses beside it that belong to the subnet itself. Up to
 * /22 every address is in it; of larger pools only what is not free.
 */
export async function poolCells(db: Db, ref: string): Promise<PoolCells> {
  const now = new Date();
  const { id, networkId } = await findPool(db, ref);
  const network = await findNetwork(db, networkId);
  const row = network.pools.find((pool) => pool.id === id);
  const subnet = network.subnets.find(({ prefix }) => prefixContains(prefix, row?.first ?? ''));
  if (!row || !subnet) throw new Error(`pool ${ref} has no subnet`);
  const use = await loadPoolUse(db, network, row, now);
  const { type, first, last } = knownPrefix(subnet.prefix);
  const complete = type === 'v4' && last - first < GRID_LIMIT;

  const cells = new Map<bigint, Omit<PoolCell, 'first' | 'count'>>();
  const plain = (state: PoolCell['state']) => ({ state, holder: null, since: null, until: null });
  for (const address of use.hostAddresses) {
    if (ipFamily(address) === type) cells.set(ipValue(address), plain('host'));
  }
  cells.set(first, plain('network'));
  if (type === 'v4') cells.set(last, plain('broadcast'));
  if (subnet.gateway) cells.set(ipValue(subnet.gateway), plain('gateway'));
  const reserved = reservationsNow(row, now).map((range) => ({
    first: ipValue(range.first),
    last: ipValue(range.last),
    until: range.until?.toISOString() ?? null,
  }));
  for (const interval of use.newest) {
    const cell = cellOf(interval, poolOf(network, row), now);
    if (cell) cells.set(ipValue(interval.address), cell);
  }

  const from = ipValue(row.first);
  const to = ipValue(row.last);
  const runs: PoolCell[] = [];
  const push = (value: bigint, count: number, cell: Omit<PoolCell, 'first' | 'count'>) => {
    const before = runs.at(-1);
    const adjoins = before && ipValue(before.first) + BigInt(before.count) === value;
    const alike =
      before && !before.holder && !cell.holder && before.state === cell.state && before.until === cell.until;
    if (before && adjoins && alike) before.count += count;
    else runs.push({ first: formatIp(type, value), count, ...cell });
  };
  if (complete) {
    for (let value = first; value <= last; value += 1n) {
      const inPool = value >= from && value <= to;
      const kept = reserved.find((range) => range.first <= value && value <= range.last);
      const cell =
        cells.get(value) ??
        (inPool ? (kept ? { ...plain('reserved'), until: kept.until } : plain('free')) : null);
      if (cell) push(value, 1, cell);
    }
  } else {
    const spans = [
      ...[...cells].map(([value, cell]) => ({ value, count: 1, cell })),
      ...reserved.map((range) => ({
        value: range.first,
        // More addresses than a number holds are not counted one by one anywhere.
        count: Number(range.last - range.first + 1n),
        cell: { ...plain('reserved'), until: range.until },
      })),
    ];
    for (const { value, count, cell } of spans.sort((a, b) => (a.value < b.value ? -1 : 1)))
      push(value, count, cell);
  }
  return {
    subnet: subnet.prefix,
    gateway: subnet.gateway,
    complete,
    cells: runs,
    counts: countsOf(countPool(poolOf(network, row), use, now)),
  };
}

function cellOf(
  interval: NewestInterval,
  pool: { coolingSeconds: number },
  now: Date,
): Omit<PoolCell, 'first' | 'count'> | null {
  const used = usedAddress(interval);
  const holder = { id: interval.jailId, name: interval.jailName };
  if (used.state !== 'released') {
    const since = interval.wantedUntil ?? interval.seenFrom ?? interval.wantedFrom;
    const state = intervalState(interval) as PoolCell['state'];
    return { state, holder, since: since.toISOString(), until: null };
  }
  if (!isCooling(pool, used, now, null)) return null;
  return {
    state: 'cooling',
    holder,
    since: interval.seenGone?.toISOString() ?? null,
    until: coolingUntil(pool, used)?.toISOString() ?? null,
  };
}

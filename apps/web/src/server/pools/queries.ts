import type { PoolView } from '@cellblock/shared/views/network-view';
import type { Db } from '../db.ts';
import { findNetwork, findPool } from '../find-object.ts';
import { poolView } from './pool-view.ts';

export async function readPool(db: Db, ref: string): Promise<PoolView> {
  const { id, networkId } = await findPool(db, ref);
  const network = await findNetwork(db, networkId);
  const row = network.pools.find((pool) => pool.id === id);
  if (!row) throw new Error(`pool ${ref} is not among the pools of its network`);
  return await poolView(db, network, row, new Date());
}

export async function listPools(db: Db, query: { network?: string | undefined }): Promise<PoolView[]> {
  const only = query.network === undefined ? null : await findNetwork(db, query.network);
  const rows = await db.pool.findMany({
    where: { removedAt: null, ...(only && { networkId: only.id }) },
    orderBy: { name: 'asc' },
  });
  const views = [];
  for (const { id } of rows) views.push(await readPool(db, id));
  return views;
}

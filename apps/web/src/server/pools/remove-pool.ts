import { AppError } from '@cellblock/shared/app-error';
import type { PoolView } from '@cellblock/shared/views/network-view';
import { findNetwork, findPool } from '../find-object.ts';
import { recordAct } from '../record-act.ts';
import type { VerbContext } from '../verb-context.ts';
import { lockPool } from './pool-use.ts';
import { readPool } from './queries.ts';

/** Removes a pool that no jail has an address of; its reservations end with it. */
export async function removePool(ctx: VerbContext, input: { pool: string }): Promise<PoolView> {
  const view = await readPool(ctx.db, input.pool);
  await recordAct(ctx, 'pool.remove', async ({ tx, now }) => {
    const { id } = await findPool(tx, input.pool);
    await lockPool(tx, id);
    const pool = await findPool(tx, id);
    const network = await findNetwork(tx, pool.networkId);
    const held = await tx.$queryRaw<{ address: string; jail_name: string }[]>`
      SELECT host(address) AS address, jail_name FROM ip_assignment
      WHERE network_id = ${network.id}::uuid AND seen_gone IS NULL
        AND address BETWEEN ${pool.first}::inet AND ${pool.last}::inet ORDER BY address`;
    if (held.length > 0) {
      const some = held.slice(0, 5).map(({ address, jail_name }) => `${address} (${jail_name})`);
      throw new AppError(
        'conflict',
        `${held.length} addresses of pool ${pool.name} are assigned or releasing.`,
        {
          field: 'pool',
          cause: `They are ${some.join(', ')}${held.length > 5 ? ', …' : ''}.`,
          fix: `Release them: cellblock ip release ${held[0]?.jail_name} ${held[0]?.address}`,
          evidence: { held },
        },
      );
    }
    await tx.pool.update({ where: { id }, data: { removedAt: now } });
    await tx.poolReservation.updateMany({ where: { poolId: id, removedAt: null }, data: { removedAt: now } });
    return {
      object: { type: 'pool', id, name: pool.name },
      host: null,
      summary: `removed pool ${pool.name} of network ${network.name}`,
      before: { name: pool.name, network: network.name, first: pool.first, last: pool.last },
      after: null,
      topics: [`pool/${id}`, `network/${network.id}`],
      result: null,
    };
  });
  return view;
}

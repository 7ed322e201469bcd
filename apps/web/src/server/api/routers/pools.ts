import {
  CheckPoolInput,
  CreatePoolInput,
  ReserveInput,
  UnreserveInput,
} from '@cellblock/shared/network-input';
import * as z from 'zod';
import { checkPool, createPool } from '../../pools/create-pool.ts';
import { poolCells } from '../../pools/pool-cells.ts';
import { listPools, readPool } from '../../pools/queries.ts';
import { removePool } from '../../pools/remove-pool.ts';
import { reserveRange, unreserveRange } from '../../pools/reserve-range.ts';
import { procedure, router } from '../trpc.ts';

const PoolRef = z.object({ pool: z.string().min(1) });

export const poolsRouter = router({
  list: procedure('read')
    .input(z.object({ network: z.string().optional() }).default({}))
    .query(({ ctx, input }) => listPools(ctx.db, input)),
  get: procedure('read')
    .input(PoolRef)
    .query(({ ctx, input }) => readPool(ctx.db, input.pool)),
  cells: procedure('read')
    .input(PoolRef)
    .query(({ ctx, input }) => poolCells(ctx.db, input.pool)),
  check: procedure('read')
    .input(CheckPoolInput)
    .query(({ ctx, input }) => checkPool(ctx.db, input)),
  create: procedure('administer')
    .input(CreatePoolInput)
    .mutation(({ ctx, input }) => createPool(ctx, input)),
  remove: procedure('administer')
    .input(PoolRef)
    .mutation(({ ctx, input }) => removePool(ctx, input)),
  reserve: procedure('operate')
    .input(ReserveInput)
    .mutation(({ ctx, input }) => reserveRange(ctx, input)),
  unreserve: procedure('operate')
    .input(UnreserveInput)
    .mutation(({ ctx, input }) => unreserveRange(ctx, input)),
});

import { CreateNetworkInput } from '@cellblock/shared/network-input';
import * as z from 'zod';
import { createNetwork } from '../../networks/create-network.ts';
import { listNetworks, readNetwork } from '../../networks/queries.ts';
import { removeNetwork } from '../../networks/remove-network.ts';
import { suggestNetwork } from '../../networks/suggest-network.ts';
import { procedure, router } from '../trpc.ts';

const NetworkRef = z.object({ network: z.string().min(1) });

export const networksRouter = router({
  list: procedure('read').query(({ ctx }) => listNetworks(ctx.db)),
  get: procedure('read')
    .input(NetworkRef)
    .query(({ ctx, input }) => readNetwork(ctx.db, input.network)),
  create: procedure('administer')
    .input(CreateNetworkInput)
    .mutation(({ ctx, input }) => createNetwork(ctx, input)),
  remove: procedure('administer')
    .input(NetworkRef.extend({ dryRun: z.boolean().default(false) }))
    .mutation(({ ctx, input }) => removeNetwork(ctx, input)),
  suggest: procedure('read')
    .input(z.object({ host: z.string().optional() }).default({}))
    .query(({ ctx, input }) => suggestNetwork(ctx.db, input)),
});

import * as z from 'zod';
import { GrantSightInput, grantSight } from '../../grants/grant-sight.ts';
import { listGrants } from '../../grants/list-grants.ts';
import { RevokeSightInput, revokeSight } from '../../grants/revoke-sight.ts';
import { procedure, router } from '../trpc.ts';

const ListGrantsInput = z.object({ ended: z.boolean().default(false), jail: z.string().min(1).optional() });

export const grantsRouter = router({
  list: procedure('read')
    .input(ListGrantsInput.default({ ended: false }))
    .query(({ ctx, input }) => listGrants(ctx.db, input)),
  see: procedure('operate')
    .input(GrantSightInput)
    .mutation(({ ctx, input }) => grantSight(ctx, input)),
  revoke: procedure('operate')
    .input(RevokeSightInput)
    .mutation(({ ctx, input }) => revokeSight(ctx, input)),
});

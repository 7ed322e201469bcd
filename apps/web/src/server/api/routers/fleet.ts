import * as z from 'zod';
import { fleetOverview } from '../../fleet/fleet-overview.ts';
import { watchChanges } from '../../fleet/watch-changes.ts';
import { procedure, router } from '../trpc.ts';

export const fleetRouter = router({
  overview: procedure('read').query(({ ctx }) => fleetOverview(ctx)),
  changes: procedure('read')
    .input(z.object({ lastEventId: z.string().nullish() }).nullish())
    .subscription(({ ctx, input, signal }) => watchChanges(ctx, input?.lastEventId ?? null, signal)),
});

import * as z from 'zod';
import { listDashboards } from '../../dashboards/list-dashboards.ts';
import { fleetOverview } from '../../fleet/fleet-overview.ts';
import { watchChanges } from '../../fleet/watch-changes.ts';
import { procedure, router } from '../trpc.ts';

export const fleetRouter = router({
  overview: procedure('read').query(({ ctx }) => fleetOverview(ctx)),
  dashboards: procedure('read').query(({ ctx }) => listDashboards(ctx.db, ctx.services.presence.id)),
  changes: procedure('read')
    .input(z.object({ lastEventId: z.string().nullish() }).nullish())
    .subscription(({ ctx, input, signal }) => watchChanges(ctx, input?.lastEventId ?? null, signal)),
});

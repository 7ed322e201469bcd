import * as z from 'zod';
import { eventHistogram } from '../../audit/event-histogram.ts';
import { exportEvents } from '../../audit/export-events.ts';
import { searchEvents } from '../../audit/search-events.ts';
import { showEvent } from '../../audit/show-event.ts';
import { procedure, router } from '../trpc.ts';

const Range = z.object({
  q: z.string().max(1000).optional(),
  /** ISO 8601 or now-6h */
  from: z.string().max(40).optional(),
  to: z.string().max(40).optional(),
});

export const auditRouter = router({
  search: procedure('read')
    .input(
      Range.extend({
        cursor: z.string().nullish(),
        limit: z.int().min(1).max(1000).optional(),
        object: z.string().optional(),
      }).default({}),
    )
    .query(({ ctx, input }) => searchEvents(ctx, input)),
  show: procedure('read')
    .input(z.union([z.object({ seq: z.int().min(1) }), z.object({ id: z.uuid() })]))
    .query(({ ctx, input }) => showEvent(ctx, input)),
  histogram: procedure('read')
    .input(Range.extend({ buckets: z.int().min(1).max(500).default(96) }))
    .query(({ ctx, input }) => eventHistogram(ctx, input)),
  export: procedure('audit')
    .input(Range.extend({ format: z.enum(['csv', 'ndjson']) }))
    .mutation(({ ctx, input }) => exportEvents(ctx, input)),
});

import { SampleRangeInput, sampleRange } from '../../metrics/sample-range.ts';
import { procedure, router } from '../trpc.ts';

export const metricsRouter = router({
  range: procedure('read')
    .input(SampleRangeInput)
    .query(({ ctx, input }) => sampleRange(ctx.db, input)),
});

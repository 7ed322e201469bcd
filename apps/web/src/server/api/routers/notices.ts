import { listNotices } from '../../notices/list-notices.ts';
import { MarkDoneInput, markDone } from '../../notices/mark-done.ts';
import { procedure, router } from '../trpc.ts';

export const noticesRouter = router({
  list: procedure('read').query(({ ctx }) => listNotices(ctx)),
  /** a note to oneself: whoever may see a notice may put it aside */
  done: procedure('read')
    .input(MarkDoneInput)
    .mutation(({ ctx, input }) => markDone(ctx, input)),
});

import * as z from 'zod';
import { answersOf } from '../../answers/answers-view.ts';
import { CancelAnswersInput, cancelAnswers } from '../../answers/cancel-answers.ts';
import { RunAnswersInput, runAnswers } from '../../answers/run-answers.ts';
import { procedure, router } from '../trpc.ts';

const HostRef = z.object({ host: z.string().min(1) });

export const answersRouter = router({
  show: procedure('read')
    .input(HostRef)
    .query(({ ctx, input }) => answersOf(ctx.db, input.host)),
  run: procedure('operate')
    .input(RunAnswersInput)
    .mutation(({ ctx, input }) => runAnswers(ctx, input)),
  cancel: procedure('operate')
    .input(CancelAnswersInput)
    .mutation(({ ctx, input }) => cancelAnswers(ctx, input)),
});

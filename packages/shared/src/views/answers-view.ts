import * as z from 'zod';
import { AnswersRun } from '../answers/answer.ts';

/** What the dashboard knows of the answers on a host. */
export const AnswersView = z.object({
  host: z.object({ id: z.uuid(), name: z.string() }),
  /** null: nobody has asked for them yet */
  run: AnswersRun.nullable(),
  /** the row that is being tested now */
  testing: z.string().nullable(),
  /** the run has no end, and nothing was heard of it for too long: how it ended nobody knows */
  lost: z.boolean(),
});
export type AnswersView = z.infer<typeof AnswersView>;

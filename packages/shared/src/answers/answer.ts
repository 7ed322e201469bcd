import * as z from 'zod';

/** What a probe, or its control, found. */
export const Finding = z.object({
  /** the probe: the protection held; the control: the hole is there where the protection is missing */
  asExpected: z.boolean(),
  /** what was done and seen, for people */
  evidence: z.string(),
});
export type Finding = z.infer<typeof Finding>;

export const AnswerVerdict = z.enum(['pass', 'fail', 'skip']);
export type AnswerVerdict = z.infer<typeof AnswerVerdict>;

/** One row as it was answered on a host. */
export const Answer = z.object({
  row: z.string(),
  verdict: AnswerVerdict,
  /** why it failed or was skipped; null for a pass */
  reason: z.string().nullable(),
  /** null: it did not come to it */
  probe: Finding.nullable(),
  control: Finding.nullable(),
  tookMs: z.number(),
});
export type Answer = z.infer<typeof Answer>;

/** One run of the rows, finished or under way. */
export const AnswersRun = z.object({
  id: z.uuid(),
  startedAt: z.iso.datetime(),
  /** null: under way */
  endedAt: z.iso.datetime().nullable(),
  /** who asked for it */
  by: z.string(),
  kernel: z.string(),
  /** what exhausts the machine was tested too */
  lab: z.boolean(),
  /** rows that were asked for */
  asked: z.array(z.string()),
  answers: z.array(Answer),
  /** why it ended before every row was answered: canceled, or what failed */
  cutShort: z.string().nullable(),
});
export type AnswersRun = z.infer<typeof AnswersRun>;

/** What is streamed while a run goes on; `run` first, then each row when it begins and when it is answered. */
export const AnswersEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('run'), run: AnswersRun }),
  z.object({ type: z.literal('testing'), row: z.string() }),
  z.object({ type: z.literal('answer'), answer: Answer }),
  z.object({ type: z.literal('ended'), run: AnswersRun }),
]);
export type AnswersEvent = z.infer<typeof AnswersEvent>;

/** Which rows: ids (M6) and mails (M); neither: all. */
export const AnswersInput = z.object({
  rows: z
    .array(z.string().regex(/^[KMHWCX]\d{1,2}$/, 'is no row: write M6'))
    .max(200)
    .default([]),
  mails: z
    .array(z.enum(['K', 'M', 'H', 'W', 'C', 'X']))
    .max(6)
    .default([]),
});
export type AnswersInput = z.infer<typeof AnswersInput>;

/** A row passes only when the protection held and its control showed the hole: else the probe proves nothing. */
export function judge(probe: Finding, control: Finding): Pick<Answer, 'verdict' | 'reason'> {
  if (!probe.asExpected) return { verdict: 'fail', reason: 'The protection did not hold.' };
  if (!control.asExpected)
    return {
      verdict: 'fail',
      reason: 'The control did not show the hole, so that the probe proves nothing.',
    };
  return { verdict: 'pass', reason: null };
}

export function countVerdicts(answers: readonly Answer[]): Record<AnswerVerdict, number> {
  const counts = { pass: 0, fail: 0, skip: 0 };
  for (const { verdict } of answers) counts[verdict] += 1;
  return counts;
}

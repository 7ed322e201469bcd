import * as z from 'zod';
import { actorId } from '../audit/record-event.ts';
import { notifyChanges } from '../fleet-topics.ts';
import type { VerbContext } from '../verb-context.ts';

export const MarkDoneInput = z.object({
  subjects: z
    .array(z.string().regex(/^(notice|task)\/.{1,300}$/, 'is no notice'))
    .min(1)
    .max(500),
  done: z.boolean(),
});

/**
 * Puts notices aside for the caller alone, or takes them back. It is a note to oneself: nothing of the fleet
 * changes by it, and so it is no event of the history.
 */
export async function markDone(
  { db, actor }: Pick<VerbContext, 'db' | 'actor'>,
  { subjects, done }: z.output<typeof MarkDoneInput>,
): Promise<{ marked: number }> {
  const who = actorId(actor);
  await db.$transaction(async (tx) => {
    await tx.noticeDone.deleteMany({ where: { actorId: who, subject: { in: subjects } } });
    if (done) {
      await tx.noticeDone.createMany({
        data: [...new Set(subjects)].map((subject) => ({ actorId: who, subject })),
      });
    }
    await notifyChanges(tx, ['notice']);
  });
  return { marked: subjects.length };
}

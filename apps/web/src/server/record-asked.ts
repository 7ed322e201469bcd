import { actorName } from '@cellblock/shared/actor';
import type { AuditKind } from '@cellblock/shared/audit-event';
import { appendLeaves } from './audit/append-leaves.ts';
import { newEventId } from './audit/event-id.ts';
import { recordEvent } from './audit/record-event.ts';
import { changeFleet, type Decision } from './change-fleet.ts';
import { notifyChanges } from './fleet-topics.ts';
import type { VerbContext } from './verb-context.ts';

type Asked = Pick<Decision<unknown>, 'object' | 'host' | 'summary' | 'after'> & { kind: AuditKind };

/** What an answer came to; `word` is behind the sentence of the act: `done`. */
interface Came {
  outcome: 'applied' | 'canceled';
  word: string;
}
const DONE: Came = { outcome: 'applied', word: 'done' };

/**
 * An act that is done by its host alone, while the caller waits. It is in the history before the host is asked;
 * that it was applied is written when the host has answered, and that it failed when the host refused or was lost.
 *
 * Throws what `ask` throws.
 */
export async function recordAsked<T>(
  ctx: VerbContext,
  act: Asked,
  ask: () => Promise<T>,
  came: (answer: T) => Came = () => DONE,
): Promise<T> {
  const { kind, ...decision } = act;
  const change = await changeFleet(ctx, { kind }, async ({ event }) => ({
    ...decision,
    wants: [],
    topics: [],
    outcomeLater: true,
    show: async () => event,
  }));
  if ('plan' in change) throw new Error('a change without dryRun came back as a plan');
  const intent = change.object;
  const end = async (outcome: Came['outcome'] | 'failed', word: string, after?: object) => {
    await ctx.db.$transaction(async (tx) => {
      await recordEvent(tx, ctx, {
        id: newEventId(),
        kind,
        phase: 'outcome',
        outcome,
        intent,
        object: act.object,
        host: act.host,
        summary: `${actorName(ctx.actor)} ${act.summary}: ${word}`,
        after,
      });
      await notifyChanges(tx, ['audit']);
    });
    await appendLeaves(ctx.db);
  };
  let answer: T;
  try {
    answer = await ask();
  } catch (error) {
    await end('failed', 'failed', { message: error instanceof Error ? error.message : String(error) });
    throw error;
  }
  const { outcome, word } = came(answer);
  await end(outcome, word);
  return answer;
}

import { actorName } from '@cellblock/shared/actor';
import type { AuditKind } from '@cellblock/shared/audit-event';
import { refusalOf } from '../api/refusal-of.ts';
import { appendLeaves } from '../audit/append-leaves.ts';
import { newEventId } from '../audit/event-id.ts';
import { recordEvent } from '../audit/record-event.ts';
import { notifyChanges } from '../fleet-topics.ts';
import type { VerbContext } from '../verb-context.ts';

interface Stream {
  kind: AuditKind;
  jail: { id: string; name: string };
  host: { id: string; name: string };
  /** after the actor's name: `opened the logs of web1` */
  summary: string;
  after?: unknown;
}

/**
 * Records that somebody opens a stream before it is opened, and afterwards whether it was. `open` is given
 * the event, which goes to the host as the cause.
 */
export async function recordStream<T>(
  ctx: VerbContext,
  stream: Stream,
  open: (cause: string) => Promise<T>,
): Promise<T> {
  const intent = newEventId();
  const object = { type: 'jail', id: stream.jail.id, name: stream.jail.name } as const;
  const summary = `${actorName(ctx.actor)} ${stream.summary}`;
  const common = { kind: stream.kind, object, host: stream.host };
  await add(ctx, { ...common, id: intent, phase: 'intent', summary, after: stream.after });
  try {
    const opened = await open(intent);
    const outcome = { phase: 'outcome', outcome: 'applied', intent } as const;
    await add(ctx, { ...common, ...outcome, id: newEventId(), summary: `${summary}: done` });
    return opened;
  } catch (error) {
    const refusal = refusalOf(error, ctx.requestId);
    const outcome = { phase: 'outcome', outcome: 'failed', intent } as const;
    await add(ctx, { ...common, ...outcome, id: newEventId(), summary: refusal.message, refusal });
    throw error;
  }
}

async function add(ctx: VerbContext, event: Parameters<typeof recordEvent>[2]): Promise<void> {
  await ctx.db.$transaction(async (tx) => {
    await recordEvent(tx, ctx, event);
    await notifyChanges(tx, ['audit']);
  });
  await appendLeaves(ctx.db);
}

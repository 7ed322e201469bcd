import { actorName } from '@cellblock/shared/actor';
import type { AuditKind, AuditOutcome } from '@cellblock/shared/audit-event';
import { appendLeaves } from '../audit/append-leaves.ts';
import { newEventId } from '../audit/event-id.ts';
import { recordEvent } from '../audit/record-event.ts';
import { changeFleet } from '../change-fleet.ts';
import { notifyChanges } from '../fleet-topics.ts';
import type { VerbContext } from '../verb-context.ts';

/** An act on a host's images whose intent is in the history. */
export interface ImageAct {
  kind: AuditKind;
  host: { id: string; name: string };
  /** the intent's event */
  cause: string;
}

export async function recordImageIntent(
  ctx: VerbContext,
  act: {
    kind: AuditKind;
    host: { id: string; name: string };
    summary: string;
    before?: unknown;
    after?: unknown;
  },
): Promise<ImageAct> {
  const { kind, summary } = act;
  const host = { id: act.host.id, name: act.host.name };
  const change = await changeFleet(ctx, { kind }, async ({ event }) => ({
    object: { type: 'host' as const, ...host },
    host,
    summary,
    before: act.before,
    after: act.after,
    wants: [],
    topics: [],
    outcomeLater: true,
    show: async () => event,
  }));
  if ('plan' in change) throw new Error('a change without dryRun came back as a plan');
  return { kind, host, cause: change.object };
}

export async function recordImageEnd(
  ctx: VerbContext,
  act: ImageAct,
  outcome: AuditOutcome,
  summary: string,
  after: Record<string, unknown>,
): Promise<void> {
  await ctx.db.$transaction(async (tx) => {
    await recordEvent(tx, ctx, {
      id: newEventId(),
      kind: act.kind,
      phase: 'outcome',
      outcome,
      intent: act.cause,
      object: { type: 'host', ...act.host },
      host: act.host,
      summary: `${actorName(ctx.actor)}: ${summary}`,
      after,
    });
    await notifyChanges(tx, ['audit', `host/${act.host.id}`, `image/${act.host.id}`]);
  });
  await appendLeaves(ctx.db);
}

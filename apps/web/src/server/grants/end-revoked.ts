import { appendLeaves } from '../audit/append-leaves.ts';
import type { AgentClient } from '../host-sync/agent-connections.ts';
import type { VerbContext } from '../verb-context.ts';
import { partiesOf } from './parties-of.ts';
import { recordGrantOutcome } from './record-grant.ts';

/** A host that is connected and does not answer is asked again at the next look. */
const ANSWER_MS = 10_000;

/**
 * Has the host end a permission that was revoked, and records that it did. While it is not known how its granting came
 * out nothing is recorded: on its way to the host it may be behind this, and the host is told once more when it is
 * known. Throws what the host answers.
 */
export async function endRevoked(ctx: VerbContext, agent: AgentClient, id: string): Promise<void> {
  const { db } = ctx;
  // Before the host is told: what comes out between the two may have come to the host behind this.
  const cameOut = await db.auditEvent.findFirst({ where: { intent: id, kind: 'grant.see' } });
  await agent.sights.revoke.mutate({ id }, { signal: AbortSignal.timeout(ANSWER_MS) });
  if (cameOut === null) return;
  const grant = await db.sightGrant.findUnique({ where: { id } });
  const named = grant && (await partiesOf(db, grant));
  if (!grant?.revokeEvent || !named) return;
  const intent = grant.revokeEvent;
  await db.$transaction(async (tx) => {
    // Another dashboard may have told it too, or its time is over: whoever ends the row writes the event.
    const mine = await tx.sightGrant.updateMany({
      where: { id, endedAt: null },
      data: { endedAt: new Date(), ended: 'revoked' },
    });
    if (mine.count === 0) return;
    await recordGrantOutcome(tx, ctx, named, {
      kind: 'grant.revoke',
      intent,
      outcome: 'applied',
      summary: `${named.viewer.name} sees the processes of ${named.target.name} no longer`,
      after: { target: named.target.name },
    });
  });
  await appendLeaves(db);
}

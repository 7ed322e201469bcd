import { appendLeaves } from '../audit/append-leaves.ts';
import { bySystem } from '../by-system.ts';
import type { Db } from '../db.ts';
import type { AgentClient } from '../host-sync/agent-connections.ts';
import { agentHere } from '../hosts/agent-client.ts';
import type { VerbContext } from '../verb-context.ts';
import { partiesOf } from './parties-of.ts';
import { recordGrantOutcome } from './record-grant.ts';

/** A host that is connected and does not answer is asked again at the next look. */
const ANSWER_MS = 10_000;

/** Has the host end a permission that was revoked, and records that it did. Throws what the host answers. */
export async function endRevoked(ctx: VerbContext, agent: AgentClient, id: string): Promise<void> {
  const { db } = ctx;
  await agent.sights.revoke.mutate({ id }, { signal: AbortSignal.timeout(ANSWER_MS) });
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

/** Tells the hosts that are connected here what was revoked while they were silent. */
export async function endRevokedMeanwhile(db: Db): Promise<void> {
  const waiting = await db.sightGrant.findMany({ where: { endedAt: null, revokeEvent: { not: null } } });
  for (const { id, hostId } of waiting) {
    const agent = agentHere(db, hostId);
    if (agent === null) continue;
    await endRevoked(bySystem(db), agent, id).catch((error) =>
      console.error(`a permission to see was not ended yet: ${(error as Error).message}`),
    );
  }
}

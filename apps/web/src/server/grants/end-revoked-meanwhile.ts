import { bySystem } from '../by-system.ts';
import type { Db } from '../db.ts';
import type { AgentClient } from '../host-sync/agent-connections.ts';
import { agentHere } from '../hosts/agent-client.ts';
import { endRevoked } from './end-revoked.ts';

/** By connection: a host that comes back is told at once, whatever hangs on its connection before. */
const beingTold = new WeakSet<AgentClient>();
/** By id: that a host does not answer is said once, and anew when it has answered meanwhile. */
const unanswered = new Set<string>();

/**
 * Tells the hosts that are connected here what was revoked while they were silent: each its own in their order, and no
 * host waits for another. Resolves when all of them have answered, or will not; may be called anew before.
 */
export async function endRevokedMeanwhile(db: Db): Promise<void> {
  const waiting = await db.sightGrant.findMany({
    where: { endedAt: null, revokeEvent: { not: null } },
    orderBy: { revokeAskedAt: 'asc' },
  });
  const ofHost = Map.groupBy(waiting, ({ hostId }) => hostId);
  await Promise.all([...ofHost].map(([host, grants]) => tellHost(db, host, grants)));
}

async function tellHost(db: Db, host: string, grants: readonly { id: string }[]): Promise<void> {
  const agent = agentHere(db, host);
  if (agent === null || beingTold.has(agent)) return;
  beingTold.add(agent);
  try {
    // What hangs at one of them hangs at the next.
    for (const { id } of grants) await endRevoked(bySystem(db), agent, id);
    unanswered.delete(host);
  } catch (error) {
    if (unanswered.has(host)) return;
    unanswered.add(host);
    console.error(
      `permissions to see were not ended yet on host ${host}, which is asked again and again: ${(error as Error).message}`,
    );
  } finally {
    beingTold.delete(agent);
  }
}

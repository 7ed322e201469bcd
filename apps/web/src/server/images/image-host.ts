import type { AgentClient } from '../host-sync/agent-connections.ts';
import { agentOf } from '../hosts/agent-client.ts';
import { type Host, placeHost } from '../jails/place.ts';
import type { VerbContext } from '../verb-context.ts';

/** The host whose store is meant: the one named, else the only one; and its agent. */
export async function imageHost(
  ctx: VerbContext,
  input: { host?: string | undefined },
): Promise<{ host: Host; agent: AgentClient }> {
  const host = await placeHost(ctx.db, input, null);
  return { host, agent: await agentOf(ctx.db, host.id) };
}

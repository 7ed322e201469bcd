import type { AgentClient } from '../host-sync/agent-connections.ts';
import { agentOf } from '../hosts/agent-client.ts';
import { type Host, namedNetwork, placeHost } from '../jails/place.ts';
import type { VerbContext } from '../verb-context.ts';

/** Where an image is meant. `network` and `addresses`: those of the jail that is to have it. */
export interface ImagePlace {
  host?: string | undefined;
  network?: string | undefined;
  addresses?: string[] | undefined;
}

/** The host whose store is meant, and its agent: the one named, else the network's one host, else the only one. */
export async function imageHost(
  ctx: VerbContext,
  input: ImagePlace,
): Promise<{ host: Host; agent: AgentClient }> {
  const host = await placeHost(ctx.db, input, (await namedNetwork(ctx.db, input)) ?? null);
  return { host, agent: await agentOf(ctx.db, host.id) };
}

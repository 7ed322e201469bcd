import { findJail } from '../find-object.ts';
import { agentOf } from '../hosts/agent-client.ts';
import { relaySubscription } from '../hosts/relay-subscription.ts';
import { recordAct } from '../record-act.ts';
import type { VerbContext } from '../verb-context.ts';

/** What a jail wrote to its console, oldest first. That somebody read it is an event. */
export async function* jailLogs(
  ctx: VerbContext,
  input: { jail: string; tailLines?: number | undefined; follow?: boolean | undefined },
  signal?: AbortSignal,
): AsyncGenerator<{ offset: number; text: string; dropped: number }> {
  const jail = await findJail(ctx.db, input.jail);
  const agent = await agentOf(ctx.db, jail.hostId);
  await recordAct(ctx, 'jail.logs', async () => ({
    object: { type: 'jail', id: jail.id, name: jail.name },
    host: { id: jail.host.id, name: jail.host.name },
    summary: `read the console output of ${jail.name}`,
    result: null,
  }));
  // A character may be cut in two between pieces.
  const decoder = new TextDecoder();
  const asked = {
    jail: jail.id,
    follow: input.follow ?? false,
    ...(input.tailLines !== undefined && { tailLines: input.tailLines }),
  };
  type Piece = { offset: number; data: string; dropped: number };
  for await (const { offset, data, dropped } of relaySubscription<Piece>(
    (observer) => agent.jail.console.subscribe(asked, observer as never),
    signal,
  )) {
    yield { offset, text: decoder.decode(Buffer.from(data, 'base64'), { stream: true }), dropped };
  }
}

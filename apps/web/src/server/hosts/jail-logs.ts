import * as z from 'zod';
import { findJail } from '../find-object.ts';
import type { VerbContext } from '../verb-context.ts';
import { agentOf } from './agent-client.ts';
import { fromSubscription } from './from-subscription.ts';
import { recordStream } from './record-stream.ts';

export const JailLogsInput = z.object({
  jail: z.string().min(1),
  tailLines: z.int().min(0).max(100_000).optional(),
  follow: z.boolean().default(false),
});

/** The console of a jail as text, from its host. Ends at the end of the ring unless it follows. */
export async function* jailLogs(
  ctx: VerbContext,
  input: z.output<typeof JailLogsInput>,
  signal: AbortSignal | undefined,
): AsyncGenerator<{ offset: number; text: string; dropped: number }, void> {
  const jail = await findJail(ctx.db, input.jail);
  const agent = await recordStream(
    ctx,
    { kind: 'jail.logs', jail, host: jail.host, summary: `opened the logs of ${jail.name}` },
    () => agentOf(ctx.db, jail.hostId),
  );
  const asked = {
    jail: jail.id,
    follow: input.follow,
    ...(input.tailLines === undefined ? {} : { tailLines: input.tailLines }),
  };
  const chunks = fromSubscription<{ offset: number; data: string; dropped: number }>(
    (observer) => agent.jail.console.subscribe(asked, observer),
    signal,
  );
  // A character may be cut in two between chunks.
  const decoder = new TextDecoder();
  for await (const { offset, data, dropped } of chunks) {
    yield { offset, text: decoder.decode(Buffer.from(data, 'base64'), { stream: true }), dropped };
  }
}

import { findJail } from '../find-object.ts';
import { agentOf } from '../hosts/agent-client.ts';
import { relayOutput } from '../hosts/relay-subscription.ts';
import { recordAsked } from '../record-asked.ts';
import type { VerbContext } from '../verb-context.ts';

interface Piece {
  offset: number;
  data: string;
  dropped: number;
}

/** What a jail wrote to its console, oldest first. That somebody read it is an event, and so is that nobody could. */
export async function* jailLogs(
  ctx: VerbContext,
  input: { jail: string; tailLines?: number | undefined; follow?: boolean | undefined },
  signal?: AbortSignal,
): AsyncGenerator<{ offset: number; text: string; dropped: number }> {
  const jail = await findJail(ctx.db, input.jail);
  const agent = await agentOf(ctx.db, jail.hostId);
  // A character may be cut in two between pieces.
  const decoder = new TextDecoder();
  const asked = {
    jail: jail.id,
    follow: input.follow ?? false,
    ...(input.tailLines !== undefined && { tailLines: input.tailLines }),
  };
  const shown = ({ offset, data, dropped }: Piece) => ({
    ...{ offset, dropped },
    text: decoder.decode(Buffer.from(data, 'base64'), { stream: true }),
  });
  const pieces = notEmpty(
    relayOutput<Piece>(
      agent,
      (reader, observer) => agent.jail.console.subscribe({ ...asked, reader }, observer),
      signal,
    ),
  );
  try {
    // Read is what the host has begun to tell, or has told to be empty.
    const first = await recordAsked(
      ctx,
      {
        kind: 'jail.logs',
        object: { type: 'jail', id: jail.id, name: jail.name },
        host: { id: jail.host.id, name: jail.host.name },
        summary: `read the console output of ${jail.name}`,
      },
      () => pieces.next(),
      () =>
        signal?.aborted
          ? { outcome: 'canceled', word: 'left before anything was shown' }
          : { outcome: 'applied', word: 'done' },
    );
    if (first.done) return;
    yield shown(first.value);
    for await (const piece of pieces) yield shown(piece);
  } finally {
    await pieces.return(undefined);
  }
}

/** Where the lines of somebody who follows begin is told before there are any: of that nothing is read. */
async function* notEmpty(pieces: AsyncIterable<Piece>): AsyncGenerator<Piece> {
  for await (const piece of pieces) if (piece.data !== '') yield piece;
}

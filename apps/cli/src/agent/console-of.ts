import { setTimeout as sleep } from 'node:timers/promises';
import type { Run } from '../run.ts';
import { followed } from '../subscription.ts';
import { isAgentGone } from './agent-gone.ts';
import type { LocalAgent } from './connect-local-agent.ts';

/** An agent that is restarted, or updated, is back within some seconds. */
const BACK_WITHIN_MS = 30_000;
const ASK_EVERY_MS = 250;

interface Piece {
  offset: number;
  data: string;
  dropped: number;
}

/**
 * What a jail wrote to its console. The keeper holds that, and not the agent: who follows it goes on where it was
 * when the agent is back.
 */
export async function consoleOf(
  run: Pick<Run, 'warn'> & { readonly localAgent: LocalAgent },
  input: { jail: string; tailLines: number; follow: boolean },
  take: (piece: Piece) => void,
): Promise<void> {
  let from: number | null = null;
  let met = false;
  let goneAt: number | null = null;
  for (;;) {
    const asked = from === null ? input : { jail: input.jail, follow: true, from };
    try {
      await followed(
        run.localAgent.jail.console,
        asked,
        (piece) => {
          from = piece.offset + Buffer.byteLength(piece.data, 'base64');
          // At first it may say no more than where it begins.
          if (piece.data !== '') take(piece);
        },
        () => {
          if (goneAt !== null)
            run.warn(from === null ? 'It is back.' : 'It is back: this goes on where it was.');
          goneAt = null;
          met = true;
        },
      );
      return;
    } catch (error) {
      if (!input.follow || !met || !isAgentGone(error)) throw error;
      if (goneAt === null) run.warn('The agent on this host is gone; waiting for it to come back.');
      goneAt ??= performance.now();
      if (performance.now() - goneAt > BACK_WITHIN_MS) throw error;
      await sleep(ASK_EVERY_MS);
    }
  }
}

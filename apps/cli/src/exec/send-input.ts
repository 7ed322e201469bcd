import type { Readable } from 'node:stream';
import { exitCodeOf } from '@cellblock/shared/app-error';
import { refusalAndExit } from '../output/render-error.ts';

/** Bytes of one call; base64 makes them a third longer. */
const CHUNK = 48 * 1024;

/**
 * Sends stdin piece by piece, in order: the next piece is read only when the one before has arrived.
 * Returns the function that stops it.
 */
export function sendInput(stdin: Readable, send: (data: string | null) => Promise<unknown>): () => void {
  let stopped = false;
  // The command has not read the piece before: the agent has waited a while already, and wants this one again.
  const taken = async (data: string | null) => {
    for (;;) {
      try {
        return await send(data);
      } catch (error) {
        if (stopped || refusalAndExit(error).exitCode !== exitCodeOf('conflict')) throw error;
      }
    }
  };
  void (async () => {
    try {
      for await (const piece of stdin) {
        const bytes = Buffer.isBuffer(piece) ? piece : Buffer.from(String(piece));
        for (let at = 0; at < bytes.length && !stopped; at += CHUNK) {
          await taken(bytes.subarray(at, at + CHUNK).toString('base64'));
        }
        if (stopped) return;
      }
      if (!stopped) await taken(null);
    } catch {
      // The command has ended, or nobody reads its input: the output says what there is to say.
    }
  })();
  return () => {
    stopped = true;
    stdin.destroy();
  };
}

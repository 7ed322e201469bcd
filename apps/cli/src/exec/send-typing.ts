import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { exitCodeOf } from '@cellblock/shared/app-error';
import { refusalAndExit } from '../output/render-error.ts';

/** Bytes of one call; base64 makes them a third longer. */
const CHUNK = 48 * 1024;
/** What is typed while nobody takes it is kept up to here: much for hands, little for us. */
const MOST_UNSENT = 1 << 20;
/** How long leaving waits for what was typed before. */
const LAST_MS = 1000;
const AGAIN_MS = 100;

export interface Keys {
  /** a byte that is not sent, nor is what comes behind it */
  leave: number;
  left: () => void;
  /** Something typed waits, or is lost; told once, until something is taken again. */
  notTaken: () => void;
}

/**
 * Sends what somebody types, in order. The key that leaves is looked for when it is pressed, whatever has become of
 * what was typed before. Returns what stops it; what is typed after that is thrown away.
 */
export function sendTyping(stdin: Readable, send: (data: string) => Promise<unknown>, keys: Keys) {
  let unsent: Buffer = Buffer.alloc(0);
  let sending: Promise<void> | null = null;
  let [isOver, hasLeft, isTold] = [false, false, false];
  const tell = () => {
    if (!isTold && !hasLeft) keys.notTaken();
    isTold = true;
  };
  const sendAll = async () => {
    while (unsent.length > 0 && !isOver) {
      const piece = unsent.subarray(0, CHUNK);
      try {
        await send(piece.toString('base64'));
        unsent = unsent.subarray(piece.length);
        isTold = false;
      } catch (error) {
        tell();
        // Nobody has read the piece before: this one is wanted again. Anything else does not get better by it.
        if (refusalAndExit(error).exitCode === exitCodeOf('conflict')) await sleep(AGAIN_MS);
        else unsent = Buffer.alloc(0);
      }
    }
    sending = null;
  };
  const take = (typed: Buffer) => {
    if (unsent.length + typed.length > MOST_UNSENT) return tell();
    unsent = Buffer.concat([unsent, typed]);
    sending ??= sendAll();
  };
  const leave = async () => {
    await Promise.race([sending, sleep(LAST_MS, undefined, { ref: false })]);
    isOver = true;
    keys.left();
  };
  stdin.on('data', (piece: Buffer | string) => {
    if (hasLeft || isOver) return;
    const whole = Buffer.from(piece as string);
    const end = whole.indexOf(keys.leave);
    take(end < 0 ? whole : whole.subarray(0, end));
    hasLeft = end >= 0;
    if (hasLeft) void leave();
  });
  // Its other end has gone: the output says what there is to say.
  stdin.on('error', () => {});
  return () => {
    isOver = true;
  };
}

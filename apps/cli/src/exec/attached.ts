import { setTimeout as sleep } from 'node:timers/promises';
import type { SessionCalls, SessionExit } from '../dashboard/procedures.ts';
import type { Run } from '../run.ts';
import { followed } from '../subscription.ts';
import { sendInput } from './send-input.ts';
import { type Keys, sendTyping } from './send-typing.ts';
import { TERMINAL_RESET } from './terminal-reset.ts';
import { windowOf } from './window-of.ts';

/** How long who ends a session waits for somebody to answer. */
const ANSWER_MS = 2000;
/** How long a terminal may take to answer what a jail asked of it. */
const REPLIES_MS = 100;

/**
 * Passes streams and terminal through until the session ends; null: nobody said how it did. With `keys` one of them
 * ends it, whoever answers.
 */
export async function attached(
  run: Run,
  calls: SessionCalls,
  session: string,
  { tty, keys }: { tty: boolean; keys?: Keys },
): Promise<SessionExit | null> {
  const { stdin, stdout, stderr } = run.terminal;
  let exit: SessionExit | null = null;
  let isOver = false;
  const resize = () => {
    calls.execResize.mutate({ session, ...windowOf(stdout) }).catch(() => undefined);
  };
  const unanswered = Promise.withResolvers<void>();
  let patience: NodeJS.Timeout | undefined;
  const end = () => {
    // Asked twice.
    if (patience !== undefined) return unanswered.resolve();
    let isAnswered = false;
    patience = setTimeout(() => {
      // A command may take its time to end; whoever leaves a console waits for nothing in it.
      if (keys || !isAnswered) unanswered.resolve();
    }, ANSWER_MS);
    calls.execKill.mutate({ session }).then(
      () => {
        isAnswered = true;
      },
      () => undefined,
    );
  };
  const raw = tty && stdin.isTTY === true;
  if (raw) stdin.setRawMode?.(true);
  if (tty) stdout.on('resize', resize);
  const signaled = () => {
    keys?.left();
    end();
  };
  process.on('SIGTERM', signaled);
  // With a terminal the key goes to the jail as a byte.
  if (!raw) process.on('SIGINT', signaled);
  const send = (data: string | null) => calls.execInput.mutate({ session, data });
  const stopInput = keys ? sendTyping(stdin, send, { ...keys, left: signaled }) : sendInput(stdin, send);
  try {
    const output = followed(calls.execOutput, { session }, (part) => {
      if (isOver) return;
      if (part.type === 'output')
        (part.stream === 'stderr' ? stderr : stdout).write(Buffer.from(part.data, 'base64'));
      else exit = part;
    });
    await Promise.race([output, unanswered.promise]);
  } finally {
    isOver = true;
    clearTimeout(patience);
    stdout.off('resize', resize);
    if (keys) {
      stopInput();
      if (raw && stdout.isTTY) stdout.write(TERMINAL_RESET);
      // Its answers are for the jail, and not for the shell that comes after us.
      if (raw) await sleep(REPLIES_MS);
    }
    if (raw) stdin.setRawMode?.(false);
    if (keys) stdin.destroy();
    else stopInput();
    process.off('SIGTERM', signaled);
    process.off('SIGINT', signaled);
  }
  return exit;
}

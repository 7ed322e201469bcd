import type { SessionCalls } from '../dashboard/procedures.ts';
import type { Run } from '../run.ts';
import { followed } from '../subscription.ts';
import { sendInput } from './send-input.ts';

export interface SessionExit {
  code: number | null;
  signal: number | null;
}

/**
 * Passes streams and terminal through until the session ends; null: nobody said how it did. `leave` is a key that
 * ends it and is not passed on.
 */
export async function attached(
  run: Run,
  calls: SessionCalls,
  session: string,
  { tty, leave }: { tty: boolean; leave?: { byte: number; left: () => void } },
): Promise<SessionExit | null> {
  const { stdin, stdout, stderr } = run.terminal;
  let exit: SessionExit | null = null;
  const resize = () => {
    const { columns = 80, rows = 24 } = stdout;
    calls.execResize.mutate({ session, columns, rows }).catch(() => undefined);
  };
  const end = () => {
    leave?.left();
    void calls.execKill.mutate({ session }).catch(() => undefined);
  };
  const raw = tty && stdin.isTTY === true;
  if (raw) stdin.setRawMode?.(true);
  if (tty) stdout.on('resize', resize);
  process.on('SIGTERM', end);
  // With a terminal the key goes to the jail as a byte.
  if (!raw) process.on('SIGINT', end);
  const send = (data: string | null) => calls.execInput.mutate({ session, data });
  const stopInput = sendInput(stdin, send, leave && { byte: leave.byte, left: end });
  try {
    await followed(calls.execOutput, { session }, (part) => {
      if (part.type === 'exit') exit = { code: part.code, signal: part.signal };
      else (part.stream === 'stderr' ? stderr : stdout).write(Buffer.from(part.data, 'base64'));
    });
  } finally {
    stopInput();
    if (raw) stdin.setRawMode?.(false);
    stdout.off('resize', resize);
    process.off('SIGTERM', end);
    process.off('SIGINT', end);
  }
  return exit;
}

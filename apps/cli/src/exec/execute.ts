import { CliError } from '../cli-error.ts';
import { isConnectionRefused } from '../dashboard/connect.ts';
import type { ExecCalls, ExecOpen } from '../dashboard/procedures.ts';
import { EXIT } from '../exit-code.ts';
import { refusalAndExit } from '../output/render-error.ts';
import type { Run } from '../run.ts';
import { followed } from '../subscription.ts';
import { sendInput } from './send-input.ts';

/**
 * Runs a command in a jail, streams and terminal passed through. Returns its own status, 128 and the number
 * for a signal; whatever fails on our side is 125.
 */
export async function execute(run: Run, calls: ExecCalls, open: ExecOpen): Promise<number> {
  try {
    const { session } = await calls.execOpen.mutate(open);
    return await attached(run, calls, session, open.tty !== null);
  } catch (error) {
    // The caller has another way to try.
    if (isConnectionRefused(error)) throw error;
    throw new CliError(EXIT.execFailed, refusalAndExit(error).refusal);
  }
}

async function attached(run: Run, calls: ExecCalls, session: string, tty: boolean): Promise<number> {
  const { stdin, stdout, stderr } = run.terminal;
  let status: number = EXIT.execFailed;
  const resize = () => {
    const { columns = 80, rows = 24 } = stdout;
    calls.execResize.mutate({ session, columns, rows }).catch(() => undefined);
  };
  const interrupt = () => void calls.execKill.mutate({ session }).catch(() => undefined);
  const raw = tty && stdin.isTTY === true;
  if (raw) stdin.setRawMode?.(true);
  if (tty) stdout.on('resize', resize);
  process.on('SIGTERM', interrupt);
  // With a terminal the key goes to the jail as a byte.
  if (!raw) process.on('SIGINT', interrupt);
  const stopInput = sendInput(stdin, (data) => calls.execInput.mutate({ session, data }));
  try {
    await followed(calls.execOutput, { session }, (part) => {
      if (part.type === 'exit') status = part.code ?? 128 + (part.signal ?? 0);
      else (part.stream === 'stderr' ? stderr : stdout).write(Buffer.from(part.data, 'base64'));
    });
  } finally {
    stopInput();
    if (raw) stdin.setRawMode?.(false);
    stdout.off('resize', resize);
    process.off('SIGTERM', interrupt);
    process.off('SIGINT', interrupt);
  }
  return status;
}

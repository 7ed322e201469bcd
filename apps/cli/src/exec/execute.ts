import { CliError } from '../cli-error.ts';
import { isConnectionRefused } from '../dashboard/connect.ts';
import type { ExecCalls, ExecOpen } from '../dashboard/procedures.ts';
import { EXIT } from '../exit-code.ts';
import { refusalAndExit } from '../output/render-error.ts';
import type { Run } from '../run.ts';
import { attached } from './attached.ts';

/**
 * Runs a command in a jail, streams and terminal passed through. Returns its own status, 128 and the number
 * for a signal; whatever fails on our side is 125.
 */
export async function execute(run: Run, calls: ExecCalls, open: ExecOpen): Promise<number> {
  try {
    const { session } = await calls.execOpen.mutate(open);
    const exit = await attached(run, calls, session, { tty: open.tty !== null });
    return exit === null ? EXIT.execFailed : (exit.code ?? 128 + (exit.signal ?? 0));
  } catch (error) {
    // The caller has another way to try.
    if (isConnectionRefused(error)) throw error;
    throw new CliError(EXIT.execFailed, refusalAndExit(error).refusal);
  }
}

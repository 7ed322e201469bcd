import { DEFAULT_DATA_DIRECTORY } from '@cellblock/shared/data-directory';
import { type Command, CommanderError } from 'commander';
import { isConnectionRefused } from './dashboard/connect.ts';
import { rootSocketOf } from './dashboard/dashboard-address.ts';
import { EXIT } from './exit-code.ts';
import { type FlagNames, refusalAndExit, renderRefusal } from './output/render-error.ts';
import { buildProgram } from './program.ts';
import type { Terminal } from './terminal.ts';

/** Runs one command line; resolves to its exit code. Errors are printed here and nowhere else. */
export async function runCli(argv: readonly string[], terminal: Terminal): Promise<number> {
  let exitCode: number = EXIT.done;
  let flags: FlagNames = {};
  const program = buildProgram({
    terminal,
    ended: (code) => {
      exitCode = code;
    },
    flagsOf: (given) => {
      flags = given;
    },
  });
  speakThrough(program, terminal);
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : usageExit(argv);
    const failure = isConnectionRefused(error) ? dashboardIsOff(terminal) : refusalAndExit(error);
    terminal.stderr.write(renderRefusal(failure.refusal, flags));
    return failure.exitCode;
  }
}

/** A wrong use of `exec` must not look like the command's own status 2. */
const usageExit = (argv: readonly string[]) => (argv.includes('exec') ? EXIT.execFailed : EXIT.usage);

function dashboardIsOff(terminal: Terminal) {
  const url = terminal.env.CELLBLOCK_URL;
  return {
    refusal: url
      ? {
          message: `No dashboard answers at ${url}.`,
          cause: 'Its machine answered that nobody listens on that port.',
          fix: `On its machine: cellblock status; cellblock up. Is CELLBLOCK_URL right? curl -k ${url}/healthz`,
        }
      : {
          message: 'No dashboard answers on this machine.',
          cause: `Nobody listens on ${rootSocketOf(terminal.env.CELLBLOCK_DATA || DEFAULT_DATA_DIRECTORY)}.`,
          fix: 'cellblock up starts it where it belongs (its data directory is named with --data); on a further host set CELLBLOCK_URL and CELLBLOCK_TOKEN',
        },
    exitCode: EXIT.unreachable,
  };
}

/** Help goes to stdout, complaints to stderr, and nothing ends the process but main. */
function speakThrough(command: Command, terminal: Terminal): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => terminal.stdout.write(text),
    writeErr: (text) => terminal.stderr.write(text.replace(/^error: /, 'cellblock: ')),
  });
  for (const each of command.commands) speakThrough(each, terminal);
}

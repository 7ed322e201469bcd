import { DEFAULT_DATA_DIRECTORY } from '@cellblock/shared/data-directory';
import { type Command, CommanderError } from 'commander';
import type { CliError } from './cli-error.ts';
import { refusedConnection } from './dashboard/connect.ts';
import { rootSocketOf } from './dashboard/dashboard-address.ts';
import { EXIT } from './exit-code.ts';
import { type FlagNames, refusalAndExit, renderRefusal } from './output/render-error.ts';
import { buildProgram } from './program.ts';
import type { Terminal } from './terminal.ts';
import { wrongUsage } from './wrong-usage.ts';

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
  let wrong: CliError['refusal'] | undefined;
  speakThrough(program, terminal, (command, error) => {
    wrong = wrongUsage(command, error);
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return EXIT.done;
      if (wrong !== undefined) terminal.stderr.write(renderRefusal(wrong));
      return usageExit(argv);
    }
    const refused = refusedConnection(error);
    const failure = refused === null ? refusalAndExit(error) : dashboardIsOff(terminal, refused.socket);
    terminal.stderr.write(renderRefusal(failure.refusal, flags));
    return failure.exitCode;
  }
}

/** A wrong use of `exec` must not look like the command's own status 2. */
const usageExit = (argv: readonly string[]) => (argv.includes('exec') ? EXIT.execFailed : EXIT.usage);

function dashboardIsOff(terminal: Terminal, socket: string | undefined) {
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
          cause: `Nobody listens on ${socket ?? rootSocketOf(terminal.env.CELLBLOCK_DATA || DEFAULT_DATA_DIRECTORY)}.`,
          fix: 'cellblock up starts it where it belongs (its data directory is named with --data); on a further host set CELLBLOCK_URL and CELLBLOCK_TOKEN',
        },
    exitCode: EXIT.unreachable,
  };
}

/** Help goes to stdout, and nothing ends the process but main; complaints are told as refusals. */
function speakThrough(
  command: Command,
  terminal: Terminal,
  complains: (command: Command, error: CommanderError) => void,
): void {
  command
    .exitOverride((error) => {
      if (!/help|version/.test(error.code)) complains(command, error);
      throw error;
    })
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
      outputError: () => undefined,
    });
  for (const each of command.commands) speakThrough(each, terminal, complains);
}

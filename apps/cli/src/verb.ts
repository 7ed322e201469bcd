import path from 'node:path';
import { DEFAULT_DATA_DIRECTORY } from '@cellblock/shared/data-directory';
import { type Command, Option } from 'commander';
import { usageError } from './cli-error.ts';
import { FORMATS, type Format } from './output/print.ts';
import type { FlagNames } from './output/render-error.ts';
import type { RunOptions } from './run.ts';
import { Run } from './run.ts';
import type { Terminal } from './terminal.ts';

/** What the verbs are built with. `ended` hears the exit code of the verb that ran, and its flags' names. */
export interface Cli {
  terminal: Terminal;
  ended: (exitCode: number) => void;
  flagsOf: (flags: FlagNames) => void;
}

/** `changes`: it has --no-wait and --dry-run. `flags`: how each input field is spelt here. */
interface VerbKind {
  changes?: boolean;
  dryRun?: boolean;
  flags?: FlagNames;
}

type Act<Options> = (
  run: Run,
  options: Options,
  args: string[],
  rest: string[],
) => Promise<number | undefined>;

/** Options that hold for every verb stand before or after it. */
export function withGlobalOptions(command: Command): Command {
  return command
    .addOption(new Option('--data <dir>', 'data directory'))
    .addOption(new Option('-o, --output <format>', 'form of the result').choices([...FORMATS]))
    .addOption(new Option('-q, --quiet', 'no words on stderr but errors'));
}

/**
 * One verb. `words` is its usage, arguments included: `assign <jail> [address]`; a variadic last argument
 * (after `--`) is handed over as `rest`.
 */
export function verb<Options extends object>(
  cli: Cli,
  parent: Command,
  words: string,
  text: string,
  kind: VerbKind,
  configure: (command: Command) => Command,
  act: Act<Options>,
): Command {
  const command = configure(withGlobalOptions(parent.command(words).description(text)));
  if (kind.changes) command.addOption(new Option('--no-wait', "do not wait for the host's receipt"));
  if (kind.changes || kind.dryRun)
    command.addOption(new Option('--dry-run', 'print the plan, change nothing'));
  command.action(async (...given: unknown[]) => {
    cli.flagsOf(kind.flags ?? {});
    const values = given.slice(0, command.registeredArguments.length);
    const rest = values.filter((value) => Array.isArray(value)).flat() as string[];
    const args = values.filter((value) => typeof value === 'string');
    const run = new Run(cli.terminal, runOptions(cli.terminal, command));
    try {
      cli.ended((await act(run, command.opts() as Options, args, rest)) ?? 0);
    } finally {
      await run.close();
    }
  });
  return command;
}

function runOptions(terminal: Terminal, command: Command): RunOptions {
  const chain: Command[] = [];
  for (let each: Command | null = command; each !== null; each = each.parent) chain.unshift(each);
  const given: Record<string, unknown> = Object.assign({}, ...chain.map((each) => each.opts()));
  const data = (given.data as string | undefined) ?? (terminal.env.CELLBLOCK_DATA || undefined);
  if (data !== undefined && !data.startsWith('/')) {
    throw usageError({
      field: given.data === undefined ? 'CELLBLOCK_DATA' : '--data',
      message: `${data} is not absolute.`,
      cause: 'Agent and dashboard work from / and would take it for another directory than this shell.',
      fix: `Begin it with /: --data ${path.resolve(data)}`,
    });
  }
  return {
    data: data ?? DEFAULT_DATA_DIRECTORY,
    dataGiven: data !== undefined,
    output: given.output as Format | undefined,
    quiet: given.quiet === true,
    wait: given.wait !== false,
    dryRun: given.dryRun === true,
  };
}

/** Collects an option that may be given several times. */
export function repeated(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value];
}

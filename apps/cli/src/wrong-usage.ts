import type { Command, CommanderError } from 'commander';
import type { CliError } from './cli-error.ts';

/** What the reader of the command line says of it, as a refusal: where it stopped, why, and how it is written. */
export function wrongUsage(command: Command, error: CommanderError): CliError['refusal'] {
  const [all = '', ...more] = error.message.replace(/^error: /, '').split('\n');
  // `… argument 'xml' is invalid. Allowed choices are table, json.`
  const [, said = all, why] = /^(.+? is invalid\.) (.+)$/.exec(all) ?? [];
  const suggestion = /^\(Did you mean (.+)\?\)$/.exec(more.join(' '))?.[1];
  const line = lineOf(command);
  return {
    message: `${said.charAt(0).toUpperCase()}${said.slice(1)}${/[.!?]$/.test(said) ? '' : '.'}`,
    cause: why ?? CAUSES[error.code]?.(line) ?? `It is not how ${line} is written.`,
    fix: suggestion === undefined ? `${line} --help` : `Did you mean ${suggestion}? Else: ${line} --help`,
  };
}

const CAUSES: Record<string, (line: string) => string> = {
  'commander.missingArgument': (line) => `${line} cannot be done without it.`,
  'commander.optionMissingArgument': () =>
    'The line ends, or another option begins, where its value should be.',
  'commander.missingMandatoryOptionValue': (line) => `${line} cannot be done without it.`,
  'commander.unknownOption': (line) => `${line} has no such option.`,
  'commander.unknownCommand': (line) => `${line} has no such verb.`,
  'commander.excessArguments': (line) =>
    `${line} takes no more; words with a space need quotes, and a command for a jail stands behind --.`,
};

/** `cellblock ip assign` */
function lineOf(command: Command): string {
  const names: string[] = [];
  for (let each: Command | null = command; each !== null; each = each.parent) names.unshift(each.name());
  return names.join(' ');
}

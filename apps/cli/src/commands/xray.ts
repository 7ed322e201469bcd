import type { Command } from 'commander';
import { usageError } from '../cli-error.ts';
import { xrayRunTable, xrayTable } from '../tables/xray-table.ts';
import { type Cli, verb } from '../verb.ts';

export function xrayVerb(cli: Cli, program: Command): void {
  verb<{ against?: string; runs?: boolean; last?: boolean }>(
    cli,
    program,
    'xray <jail>',
    'what code in it could really reach, seen from a throw-away twin',
    { flags: { jail: '<jail>', against: '--against', run: '--last' } },
    (command) =>
      command
        .option('--against <run>', 'compare with this run; without it, with the one before')
        .option('--runs', 'list the runs, walk nothing')
        .option('--last', 'show the newest run, walk nothing'),
    async (run, options, [jail = '']) => {
      const against = options.against === undefined ? {} : { against: numberOf(jail, options.against) };
      if (options.runs) {
        run.print(xrayRunTable(await run.dashboard.jails.xrayRuns.query({ jail })));
        return 0;
      }
      if (options.last) {
        run.print(xrayTable(await run.dashboard.jails.xrayShow.query({ jail, ...against })));
        return 0;
      }
      run.say(`a twin of ${jail} is started, walked and taken away again; ${jail} is not touched`);
      const view = await run.dashboard.jails.xray.mutate({ jail, ...against });
      run.print(xrayTable(view));
      for (const words of view.differs) run.say(`the twin is not as the jail: ${words}`);
      run.say(difference(view));
      return 0;
    },
  );
}

function numberOf(jail: string, text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw usageError({
    field: '--against',
    message: `${text} is not a run.`,
    cause: 'Runs of a jail are numbered from 1.',
    fix: `See them: cellblock xray ${jail} --runs`,
  });
}

function difference({
  number,
  against,
  changes,
}: {
  number: number;
  against: { number: number } | null;
  changes: readonly unknown[];
}): string {
  if (against === null) return `run ${number}: the first of this jail`;
  if (changes.length === 0) return `run ${number}: nothing differs from run ${against.number}`;
  return `run ${number}: ${changes.length} ${changes.length === 1 ? 'line differs' : 'lines differ'} from run ${against.number}`;
}

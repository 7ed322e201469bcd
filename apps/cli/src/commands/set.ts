import { limitsText } from '@cellblock/shared/jail-limits';
import type { Command } from 'commander';
import { usageError } from '../cli-error.ts';
import { settle } from '../settle.ts';
import { jailDetail } from '../tables/jail-table.ts';
import { type Cli, verb } from '../verb.ts';
import { LIMIT_FLAGS, limitsOf, withLimitOptions } from './limit-options.ts';

/** Changes the limits of a jail that are named; they hold at once, also while it runs. */
export function setVerb(cli: Cli, program: Command): void {
  verb<object>(
    cli,
    program,
    'set <jail>',
    'change limits of a jail, at once; none lifts one',
    { changes: true, flags: { jail: '<jail>', ...LIMIT_FLAGS } },
    withLimitOptions,
    async (run, options, [jail = '']) => {
      const given = limitsOf(options);
      if (Object.keys(given).length === 0) {
        throw usageError({
          field: '<jail>',
          message: 'Nothing is to be set.',
          cause: 'No limit was given.',
          fix: `Give one or more: cellblock set ${jail} --memory 512M --pids 200`,
        });
      }
      const before = await run.dashboard.jails.get.query({ jail });
      const change = await run.dashboard.jails.configure.mutate({
        jail,
        settings: { limits: { ...before.settings.limits, ...given } },
        dryRun: run.options.dryRun,
      });
      const settled = await settle(run, change);
      if (settled === null) return 0;
      const after = await run.dashboard.jails.get.query({ jail: settled.id });
      if (run.options.output !== undefined) run.print(jailDetail(after));
      run.say(`${after.name} is limited to ${limitsText(after.settings.limits)}`);
      return 0;
    },
  );
}

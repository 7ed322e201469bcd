import { parseDuration } from '@cellblock/shared/duration';
import type { GrantView } from '@cellblock/shared/views/grant-view';
import type { Command } from 'commander';
import { usageError } from '../cli-error.ts';
import type { Printable } from '../output/print.ts';
import { type Cli, verb } from '../verb.ts';

export function grantVerbs(cli: Cli, program: Command): void {
  const grant = program.command('grant').description('which jail may see the processes of which');
  const flags = { viewer: '<viewer>', target: '<target>', seconds: '--for' };

  verb<{ all?: boolean }>(
    cli,
    grant,
    'ls',
    'list permissions that hold',
    {},
    (command) => command.option('--all', 'also those that have ended'),
    async (run, options) => {
      run.print(grantTable(await run.dashboard.grants.list.query({ ended: options.all === true })));
      return 0;
    },
  );
  verb<{ for: string }>(
    cli,
    grant,
    'see <viewer> <target>',
    'let one jail see the processes of another, for a time',
    { flags },
    (command) => command.requiredOption('--for <duration>', 'when it ends by itself: 1h'),
    async (run, options, [viewer = '', target = '']) => {
      const duration = parseDuration(options.for);
      if (duration === null || duration < 1_000) {
        throw usageError({
          field: '--for',
          message: `${options.for} is not a duration.`,
          cause: 'A duration is a number with s, m, h or d behind it, and at least a second.',
          fix: 'Write it as --for 10m, --for 1h or --for 7d',
        });
      }
      const seconds = Math.round(duration / 1000);
      run.print(grantTable([await run.dashboard.grants.see.mutate({ viewer, target, seconds })]));
      run.say(`in ${viewer}: cat /run/cellblock/see/${target}`);
      return 0;
    },
  );
  verb(
    cli,
    grant,
    'revoke <viewer> <target>',
    'end a permission before its time',
    { flags },
    (command) => command,
    async (run, _, [viewer = '', target = '']) => {
      await run.dashboard.grants.revoke.mutate({ viewer, target });
      run.say(`${viewer} no longer sees the processes of ${target}`);
      return 0;
    },
  );
}

function grantTable(grants: readonly GrantView[]): Printable {
  return {
    data: grants,
    headings: ['VIEWER', 'TARGET', 'HOST', 'BY', 'UNTIL', 'ENDED'],
    rows: grants.map((grant) => [
      grant.viewer,
      grant.target,
      grant.host,
      grant.by,
      grant.until,
      grant.ended ?? '-',
    ]),
    names: grants.map((grant) => grant.id),
  };
}

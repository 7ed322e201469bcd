import { setTimeout as sleep } from 'node:timers/promises';
import { parseDuration } from '@cellblock/shared/duration';
import type { GrantView } from '@cellblock/shared/views/grant-view';
import type { Command } from 'commander';
import { CliError, usageError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import type { Printable } from '../output/print.ts';
import type { Run } from '../run.ts';
import { WAIT_MS } from '../settle.ts';
import { type Cli, verb } from '../verb.ts';

const LOOK_MS = 1_000;

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
    (command) => command.option('--no-wait', 'do not wait for a host that is silent'),
    async (run, _, [viewer = '', target = '']) => {
      const revoked = await run.dashboard.grants.revoke.mutate({ viewer, target });
      if (revoked.ended === null && !run.options.wait) {
        run.say(`it goes on: ${waitingFor(revoked)}`);
        return 0;
      }
      await mustEnd(run, revoked);
      run.say(`${viewer} no longer sees the processes of ${target}`);
      return 0;
    },
  );
}

const waitingFor = ({ host, until }: GrantView) =>
  `host ${host} is silent, and ends it when it is back, or by itself at ${until}`;

/** Waits as for other changes: exit 6 when the host is silent for longer than a verb waits. */
async function mustEnd(run: Run, revoked: GrantView): Promise<void> {
  const deadline = run.terminal.now().getTime() + WAIT_MS;
  for (let grant = revoked; grant.ended === null; ) {
    if (run.terminal.now().getTime() >= deadline) {
      throw new CliError(EXIT.timedOut, {
        message: `Whether ${grant.viewer} still sees the processes of ${grant.target} is not known after ${WAIT_MS / 1000} s.`,
        cause: `It is revoked, and ${waitingFor(grant)}.`,
        fix: 'Whether it has ended: cellblock grant ls --all',
      });
    }
    await sleep(LOOK_MS);
    const all = await run.dashboard.grants.list.query({ ended: true, jail: grant.viewer });
    grant = all.find(({ id }) => id === revoked.id) ?? grant;
  }
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
      grant.ended ?? (grant.revoking ? 'waits for the host' : '-'),
    ]),
    names: grants.map((grant) => grant.id),
  };
}

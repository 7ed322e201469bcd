import type { JailView } from '@cellblock/shared/views/jail-view';
import type { Command } from 'commander';
import { CliError } from '../cli-error.ts';
import { confirmed } from '../confirm.ts';
import type { Change, Dashboard } from '../dashboard/procedures.ts';
import { EXIT } from '../exit-code.ts';
import type { Run } from '../run.ts';
import { settle } from '../settle.ts';
import { jailDetail, jailTable, seenJailDetail, seenJailTable } from '../tables/jail-table.ts';
import { type Cli, verb } from '../verb.ts';

const flags = { jail: '<jail>' };

export function jailVerbs(cli: Cli, program: Command): void {
  verb(cli, program, 'ls', 'list jails', {}, same, async (run) => {
    const now = run.terminal.now();
    run.print(
      await run.dashboardOrAgent(
        async (dashboard) => jailTable((await dashboard.jails.list.query({})).jails, now),
        async (agent) => seenJailTable((await agent.status.get.query()).jails, now),
      ),
    );
    return 0;
  });

  verb(
    cli,
    program,
    'show <jail>',
    'one jail: what is wanted and what is seen',
    { flags },
    same,
    async (run, _, [jail = '']) => {
      run.print(
        await run.dashboardOrAgent(
          async (dashboard) => jailDetail(await dashboard.jails.get.query({ jail })),
          async (agent) => {
            const status = await agent.status.get.query();
            const seen = status.jails.find((each) => each.name === jail || each.id === jail);
            if (seen === undefined) {
              throw new CliError(EXIT.notFound, {
                message: `There is no jail ${jail} on this host.`,
                field: 'jail',
                cause: `Its agent has ${status.jails.length} jails, and none has this name or id.`,
                fix: 'cellblock ls lists them.',
              });
            }
            const addresses = status.addresses.filter(
              (each) => each.jail === seen.id && each.state === 'present',
            );
            return seenJailDetail(
              seen,
              addresses.map((each) => each.address),
            );
          },
        ),
      );
      return 0;
    },
  );

  for (const [act, text, done] of [
    ['start', 'start a jail', 'runs'],
    ['stop', 'stop a jail', 'is stopped'],
    ['restart', 'stop and start a jail', 'runs anew'],
    ['restore', 'take back a destroy that was not purged', 'is restored'],
  ] as const) {
    verb(cli, program, `${act} <jail>`, text, { changes: true, flags }, same, async (run, _, [jail = '']) => {
      const change = await run.dashboard.jails[act].mutate({ jail, dryRun: run.options.dryRun });
      return await settled(run, change, (view) => `${view.name} ${done} on ${view.host.name}`);
    });
  }

  for (const name of ['destroy', 'rm']) {
    verb<{ yes?: boolean; purge?: boolean }>(
      cli,
      program,
      `${name} <jail>`,
      name === 'rm'
        ? 'the same as destroy'
        : 'end a jail; until purged its name stays taken and restore works',
      { changes: true, flags },
      (command) =>
        command
          .option('--yes', 'do not ask')
          .option('--purge', 'remove its storage too: restore no longer works'),
      async (run, options, [jail = '']) => {
        if (!run.options.dryRun) {
          const what = `${jail} ends${options.purge ? ' and its storage is removed for good' : ''}.`;
          await confirmed(run, { yes: options.yes === true, what, word: jail });
        }
        const change = await run.dashboard.jails.destroy.mutate({
          jail,
          purge: options.purge === true,
          dryRun: run.options.dryRun,
        });
        if ((await settle(run, change)) === null) return 0;
        run.say(`${jail} is destroyed${options.purge ? '' : `; cellblock restore ${jail} takes it back`}`);
        return 0;
      },
    );
  }
}

/** After the host's receipt the jail is read again: what is printed is what was seen. */
async function settled(
  run: Run,
  change: Change<JailView>,
  words: (jail: JailView) => string,
): Promise<number> {
  const object = await settle(run, change);
  if (object === null) return 0;
  const jail = await run.dashboard.jails.get.query({ jail: object.id } satisfies Parameters<
    Dashboard['jails']['get']['query']
  >[0]);
  if (run.options.output !== undefined) run.print(jailDetail(jail));
  run.say(words(jail));
  return 0;
}

const same = (command: Command) => command;

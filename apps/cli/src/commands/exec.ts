import type { Command } from 'commander';
import { usageError } from '../cli-error.ts';
import { execute } from '../exec/execute.ts';
import { sessionCalls } from '../exec/session-calls.ts';
import { windowOf } from '../exec/window-of.ts';
import { type Cli, verb } from '../verb.ts';

export function execVerb(cli: Cli, program: Command): void {
  verb<{ uid?: string; tty?: boolean }>(
    cli,
    program,
    'exec <jail> <command...>',
    'run a command in a jail: exec J [-u UID] [-t] -- CMD ARG...',
    { flags: { jail: '<jail>', command: 'CMD', uid: '-u' } },
    (command) =>
      command.option('-u, --uid <uid>', 'user in the jail; 0').option('-t, --tty', 'with a terminal'),
    async (run, options, [jail = ''], command) => {
      const uid = Number(options.uid ?? 0);
      if (!Number.isInteger(uid) || uid < 0 || uid > 65535) {
        throw usageError({
          field: '-u',
          message: `${options.uid} is not a user id of a jail.`,
          cause: 'A jail has the ids from 0 to 65535; names of its users are known inside alone.',
          fix: `Give the number: cellblock exec ${jail} -u 0 -- ${command.join(' ')}`,
        });
      }
      const { stdout } = run.terminal;
      const tty = options.tty ? windowOf(stdout) : null;
      const open = { jail, command, uid, tty };
      return await run.dashboardOrAgent(
        (dashboard) => execute(run, dashboard.jails, open),
        (agent) =>
          execute(
            run,
            {
              ...sessionCalls(agent.jail),
              execOpen: { mutate: (input) => agent.jail.execOpen.mutate({ ...input, cause: null }) },
            },
            open,
          ),
      );
    },
  );
}

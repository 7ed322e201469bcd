import type { Command } from 'commander';
import { isAgentGone } from '../agent/agent-gone.ts';
import { CliError } from '../cli-error.ts';
import { isConnectionRefused } from '../dashboard/connect.ts';
import type { SessionCalls } from '../dashboard/procedures.ts';
import { attached } from '../exec/attached.ts';
import { sessionCalls } from '../exec/session-calls.ts';
import { windowOf } from '../exec/window-of.ts';
import { EXIT } from '../exit-code.ts';
import type { Run } from '../run.ts';
import { type Cli, verb } from '../verb.ts';

/** Ctrl-], as in telnet(1) and virsh(1). */
const LEAVE = 0x1d;

export function consoleVerb(cli: Cli, program: Command): void {
  verb(
    cli,
    program,
    'console <jail>',
    'sit down at its console, where its init asks who logs in; Ctrl-] leaves it',
    { flags: { jail: '<jail>' } },
    (command) => command,
    async (run, _options, [jail = '']) => {
      const { columns, rows } = windowOf(run.terminal.stdout);
      const open = { jail, columns, rows };
      return await run.dashboardOrAgent(
        async (dashboard) => {
          const { session } = await dashboard.jails.consoleOpen.mutate(open);
          return await sitAt(run, jail, dashboard.jails, session);
        },
        async (agent) => {
          const { session } = await agent.jail.consoleOpen.mutate({ ...open, cause: null });
          return await sitAt(run, jail, sessionCalls(agent.jail), session);
        },
      );
    },
  );
}

async function sitAt(run: Run, jail: string, calls: SessionCalls, session: string): Promise<number> {
  run.say(`This is the console of ${jail}. Ctrl-] leaves it, and the jail runs on.`);
  let hasLeft = false;
  const keys = {
    leave: LEAVE,
    left: () => {
      hasLeft = true;
    },
    notTaken: () => {
      run.say('');
      run.say(`What was typed is not taken by ${jail}, and may be lost. Ctrl-] leaves.`);
    },
  };
  const exit = await attached(run, calls, session, { tty: true, keys }).catch((error) => {
    // No reason to ask somebody else for it: what was typed has been taken.
    if (hasLeft || isConnectionRefused(error) || isAgentGone(error)) return null;
    throw error;
  });
  if (hasLeft) {
    // Not where the jail left the cursor.
    run.say('');
    run.say(`Left the console of ${jail}, which runs on.`);
    if (exit === null) run.say('Nobody answered that: it is taken until dashboard and agent notice.');
    return EXIT.done;
  }
  if (exit === null) {
    throw new CliError(EXIT.unreachable, {
      message: `The way to the console of ${jail} has ended.`,
      field: 'jail',
      cause: 'Dashboard or agent ended it before it was left: your session was closed, or one of them was.',
      fix: `cellblock console ${jail}`,
    });
  }
  if (exit.lost === 'listeners') {
    throw new CliError(EXIT.conflict, {
      message: `More look at the console of ${jail} than its keeper takes.`,
      field: 'jail',
      cause: 'It tells 64 that there is something new; the jail runs on.',
      fix: `End one of them (cellblock logs ${jail} -f, a page that follows it), then: cellblock console ${jail}`,
    });
  }
  if (exit.lost) {
    throw new CliError(EXIT.conflict, {
      message: `The console of ${jail} is lost; the jail runs on.`,
      field: 'jail',
      cause:
        exit.lost === 'keeper'
          ? 'The keeper, which held its other end, has ended.'
          : 'It took no more input.',
      fix: `cellblock restart ${jail}; or a terminal in it: cellblock exec ${jail} -t -- sh`,
    });
  }
  run.say('');
  run.say(`${jail} has ended.`);
  return EXIT.done;
}

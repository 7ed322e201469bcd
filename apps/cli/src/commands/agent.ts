import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { usageError } from '../cli-error.ts';
import { confirmed } from '../confirm.ts';
import type { Run } from '../run.ts';
import { type Cli, verb } from '../verb.ts';
import { agentAnswersVerb } from './answers.ts';
import { place } from './lifecycle.ts';

/** Verbs for root on a host: its agent, and the administrator's word against the dashboard's. */
export function agentVerbs(cli: Cli, program: Command): void {
  const agent = program.command('agent').description("this host's agent");

  verb<{ dashboard?: string; token?: string }>(
    cli,
    agent,
    'run',
    "run this host's agent in the foreground",
    {},
    (command) =>
      command
        .option('--dashboard <url>', 'only until it is enrolled')
        .option('--token <token>', 'the one-time token of `host enroll`'),
    async (run, options) => {
      if ((options.dashboard === undefined) !== (options.token === undefined)) {
        throw usageError({
          field: options.dashboard === undefined ? '--dashboard' : '--token',
          message: '--dashboard and --token belong together.',
          cause: 'The token is of one dashboard, and to enrol the agent needs both.',
          fix: 'At the dashboard: cellblock host enroll prints both in one line.',
        });
      }
      const { agentRun } = await import('@cellblock/agent/up/agent-run');
      return await agentRun({
        ...place(run),
        enrol:
          options.dashboard && options.token ? { dashboard: options.dashboard, token: options.token } : null,
      });
    },
  );

  verb<{ dashboard: string; token: string }>(
    cli,
    agent,
    'install',
    'what the line of `host enroll` runs: install the agent and enrol this host',
    {},
    (command) =>
      command
        .requiredOption('--dashboard <url>', 'who made the line')
        .requiredOption('--token <token>', 'its one-time token'),
    async (run, options) => {
      const { agentInstall } = await import('@cellblock/agent/up/agent-install');
      return await agentInstall({ ...place(run), ...options, unpacked: import.meta.dirname });
    },
  );

  verb<{ yes?: boolean }>(
    cli,
    agent,
    'purge',
    'remove everything of this instance from this host, and nothing else',
    {},
    (command) => command.option('--yes', 'do not ask'),
    async (run, options) => {
      await confirmed(run, {
        yes: options.yes === true,
        what: 'Every jail of this instance on this host ends and its storage is removed.',
        word: 'purge',
      });
      const { agentPurge } = await import('@cellblock/agent/up/agent-purge');
      return await agentPurge(place(run));
    },
  );

  agentAnswersVerb(cli, agent);

  verb<{ reason?: string }>(
    cli,
    agent,
    'hold <jail>',
    'no remote change of this jail until unhold',
    { flags: { jail: '<jail>', reason: '--reason' } },
    (command) => command.requiredOption('--reason <s>', 'why, for whoever finds it held'),
    async (run, options, [jail = '']) => {
      await run.localAgent.jail.hold.mutate({ jail, reason: options.reason ?? '', by: whoIsRoot(run) });
      run.say(`${jail} is held on this host: ${options.reason}`);
      return 0;
    },
  );

  verb(
    cli,
    agent,
    'unhold <jail>',
    'remote changes of this jail are allowed again',
    { flags: { jail: '<jail>' } },
    (command) => command,
    async (run, _, [jail = '']) => {
      await run.localAgent.jail.unhold.mutate({ jail, reason: 'unhold', by: whoIsRoot(run) });
      run.say(`${jail} is no longer held`);
      return 0;
    },
  );
}

const whoIsRoot = (run: Run) => run.terminal.env.SUDO_USER || userInfo().username;

import { parsePointInTime } from '@cellblock/shared/point-in-time';
import type { Role } from '@cellblock/shared/role';
import type { Command } from 'commander';
import { usageError } from '../cli-error.ts';
import { momentText } from '../output/moment.ts';
import { type Cli, verb } from '../verb.ts';
import { roleOption } from './user.ts';

export function tokenVerbs(cli: Cli, program: Command): void {
  const token = program.command('token').description('tokens for programs');
  const flags = { name: '<name>', role: '--role', expiresAt: '--expires' };

  verb(cli, token, 'ls', 'list tokens', {}, same, async (run) => {
    const tokens = await run.dashboard.tokens.list.query();
    run.print({
      data: tokens,
      headings: ['NAME', 'ROLE', 'OWNER', 'EXPIRES', 'LAST USED'],
      rows: tokens.map((each) => [
        each.name,
        each.role,
        each.owner,
        momentText(each.expiresAt),
        momentText(each.lastUsedAt),
      ]),
      names: tokens.map((each) => each.name),
    });
    return 0;
  });

  verb<{ role: Role; expires: string }>(
    cli,
    token,
    'create <name>',
    'print a new token, once',
    { flags },
    (command) =>
      command
        .addOption(roleOption().makeOptionMandatory())
        .requiredOption('--expires <duration>', 'how long it is good for: 30d'),
    async (run, options, [name = '']) => {
      const expiresAt = parsePointInTime(options.expires, run.terminal.now(), 'after');
      if (expiresAt === null || expiresAt <= run.terminal.now()) {
        throw usageError({
          field: '--expires',
          message: `${options.expires} is not a time ahead.`,
          cause:
            expiresAt === null
              ? 'It is neither a span from now nor a date.'
              : `It is now ${run.terminal.now().toISOString()}: the token would be of no use.`,
          fix: `cellblock token create ${name} --role ${options.role} --expires 30d`,
        });
      }
      const made = await run.dashboard.tokens.create.mutate({
        name,
        role: options.role,
        expiresAt: expiresAt.toISOString(),
      });
      run.print({ data: made, headings: ['TOKEN'], rows: [[made.token]], names: [made.token] });
      run.say('It is shown this once. Use it as CELLBLOCK_TOKEN.');
      return 0;
    },
  );

  verb(
    cli,
    token,
    'rm <name>',
    'it no longer works, at once',
    { flags },
    same,
    async (run, _, [name = '']) => {
      await run.dashboard.tokens.remove.mutate({ name });
      run.say(`${name} is removed`);
      return 0;
    },
  );
}

const same = (command: Command) => command;

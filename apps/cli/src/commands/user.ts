import { Role } from '@cellblock/shared/role';
import { type Command, Option } from 'commander';
import { momentText } from '../output/moment.ts';
import { type Cli, verb } from '../verb.ts';

export const roleOption = () => new Option('--role <role>', 'what they may do').choices([...Role.options]);

export function userVerbs(cli: Cli, program: Command): void {
  const user = program.command('user').description('people');
  const flags = { name: '<name>', role: '--role' };

  verb(cli, user, 'ls', 'list people', {}, same, async (run) => {
    const users = await run.dashboard.users.list.query();
    run.print({
      data: users,
      headings: ['NAME', 'ROLE', 'SECOND FACTOR', 'NOTE'],
      rows: users.map((each) => [
        each.name,
        each.role,
        each.twoFactor ? 'yes' : 'no',
        each.invited === null ? '-' : `invited, until ${momentText(each.invited.expiresAt)}`,
      ]),
      names: users.map((each) => each.name),
    });
    return 0;
  });

  verb<{ role: Role }>(
    cli,
    user,
    'invite <name>',
    'print a one-time link',
    { flags },
    (command) => command.addOption(roleOption().makeOptionMandatory()),
    async (run, options, [name = '']) => {
      const invitation = await run.dashboard.users.invite.mutate({ name, role: options.role });
      run.print({
        data: invitation,
        headings: ['LINK'],
        rows: [[invitation.link]],
        names: [invitation.link],
      });
      return 0;
    },
  );

  verb(
    cli,
    user,
    'role <name> <role>',
    'give another role',
    { flags: { ...flags, role: '<role>' } },
    same,
    async (run, _, args) => {
      const [name = '', role = ''] = args;
      await run.dashboard.users.role.mutate({ name, role: role as Role });
      run.say(`${name} is ${role} now`);
      return 0;
    },
  );

  verb(
    cli,
    user,
    'rm <name>',
    'remove a person; their history stays',
    { flags },
    same,
    async (run, _, [name = '']) => {
      await run.dashboard.users.remove.mutate({ name });
      run.say(`${name} is removed`);
      return 0;
    },
  );
}

const same = (command: Command) => command;

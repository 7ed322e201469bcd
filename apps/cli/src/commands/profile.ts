import { Profile } from '@cellblock/shared/profile';
import { PROFILES } from '@cellblock/shared/profile-rules';
import type { Command } from 'commander';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import { profileDetail, profileTable } from '../tables/profile-table.ts';
import { type Cli, verb } from '../verb.ts';

/** Profiles are data of this version: nobody is asked. */
export function profileVerbs(cli: Cli, program: Command): void {
  const profile = program.command('profile').description('how much a jail may do inside itself');
  verb(cli, profile, 'ls', 'list profiles', {}, same, async (run) => {
    run.print(profileTable());
    return 0;
  });
  verb(cli, profile, 'show <profile>', 'what a profile allows', {}, same, async (run, _, [name = '']) => {
    const known = Profile.safeParse(name);
    if (!known.success) {
      throw new CliError(EXIT.notFound, {
        message: `There is no profile ${name}.`,
        field: '<profile>',
        cause: `There are ${Object.keys(PROFILES).join(', ')}.`,
        fix: 'cellblock profile ls says what each is for.',
      });
    }
    run.print(profileDetail(known.data));
    return 0;
  });
}

const same = (command: Command) => command;

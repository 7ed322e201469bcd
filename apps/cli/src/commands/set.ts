import { limitsText } from '@cellblock/shared/jail-limits';
import { rootOfProfile } from '@cellblock/shared/profile-rule';
import { storageText } from '@cellblock/shared/storage-text';
import type { Command } from 'commander';
import { usageError } from '../cli-error.ts';
import { settle } from '../settle.ts';
import { jailDetail } from '../tables/jail-table.ts';
import { type Cli, verb } from '../verb.ts';
import { LIMIT_FLAGS, limitsOf, withLimitOptions } from './limit-options.ts';
import { storageOf } from './storage-option.ts';
import { VIEW_FLAGS, type ViewOptions, viewSettingsOf, withViewOptions } from './view-options.ts';

const STORAGE_FLAGS = {
  'settings.storage': '--storage',
  'settings.storage.size': '--storage',
  'settings.storage.inodes': '--storage',
};

/** Changes what is named of a jail: limits hold at once, also while it runs, the rest from its next start. */
export function setVerb(cli: Cli, program: Command): void {
  verb<ViewOptions & { readOnly?: boolean; writable?: boolean; storage?: string }>(
    cli,
    program,
    'set <jail>',
    'change limits of a jail, at once, and what it sees, from its next start; none empties one',
    { changes: true, flags: { jail: '<jail>', ...STORAGE_FLAGS, ...LIMIT_FLAGS, ...VIEW_FLAGS } },
    (command) =>
      withViewOptions(withLimitOptions(command))
        .option(
          '--storage <directory:size>',
          'what a directory that was made with a size may hold: directory:10G, directory:10G:20000 with the most files',
        )
        .option('--read-only', 'its root cannot be written')
        .option('--writable', 'its root can be written'),
    async (run, options, [jail = '']) => {
      const given = limitsOf(options);
      const others = viewSettingsOf(options);
      if (options.readOnly || options.writable) others.readOnly = options.readOnly === true;
      const limited = Object.keys(given).length > 0;
      // What is wrong with it is said before anybody is asked.
      if (options.storage !== undefined) storageOf(options.storage);
      if (!limited && options.storage === undefined && Object.keys(others).length === 0) {
        throw usageError({
          field: '<jail>',
          message: 'Nothing is to be set.',
          cause: 'No limit was given, and nothing of what it sees.',
          fix: `Give one or more: cellblock set ${jail} --memory 512M --pids 200`,
        });
      }
      const before = await run.dashboard.jails.get.query({ jail });
      Object.assign(others, rootOfProfile(others, before.settings));
      const storage =
        options.storage === undefined ? null : storageOf(options.storage, before.settings.storage);
      const change = await run.dashboard.jails.configure.mutate({
        jail,
        settings: {
          ...others,
          ...(storage && { storage }),
          ...(limited && { limits: { ...before.settings.limits, ...given } }),
        },
        dryRun: run.options.dryRun,
      });
      const settled = await settle(run, change);
      if (settled === null) return 0;
      const after = await run.dashboard.jails.get.query({ jail: settled.id });
      if (run.options.output !== undefined) run.print(jailDetail(after));
      if (limited) run.say(`${after.name} is limited to ${limitsText(after.settings.limits)}`);
      if (storage)
        run.say(
          `The files of ${after.name} lie in ${storageText(after.settings.storage, null) ?? 'a directory'}`,
        );
      if (Object.keys(others).length > 0) run.say(`${after.name} sees that from its next start`);
      return 0;
    },
  );
}

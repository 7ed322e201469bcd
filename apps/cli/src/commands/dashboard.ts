import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Command } from 'commander';
import { usageError } from '../cli-error.ts';
import { ageText } from '../output/moment.ts';
import { unreadableFile } from '../unreadable-file.ts';
import { type Cli, verb } from '../verb.ts';
import { place } from './lifecycle.ts';

/** Several dashboards work on one database: docs/external-database.md. */
export function dashboardVerbs(cli: Cli, program: Command): void {
  const dashboard = program.command('dashboard').description('the dashboards of this installation');

  verb(cli, dashboard, 'ls', 'list them', {}, same, async (run) => {
    const all = await run.dashboard.fleet.dashboards.query();
    run.print({
      data: all,
      headings: ['URL', 'STATE', 'HOSTS', 'SEEN', 'VERSION'],
      rows: all.map((each) => [
        each.url,
        each.asked ? `${each.state} (asked)` : each.state,
        String(each.hosts),
        ageText(each.seenAt, run.terminal.now()),
        each.version,
      ]),
      names: all.map(({ url }) => url),
    });
    return 0;
  });

  verb(
    cli,
    dashboard,
    'export',
    'print the secrets that a further dashboard needs',
    {},
    same,
    async (run) => {
      if (run.terminal.stdout.isTTY) {
        throw usageError({
          message: 'These secrets are not for a screen.',
          cause: 'Whoever has them is this dashboard, and a terminal keeps what it has shown.',
          fix: `On the further machine: ssh root@${hostname()} cellblock dashboard export | cellblock dashboard import`,
        });
      }
      const { exportSecrets } = await import('@cellblock/agent/up/dashboard-secrets');
      run.terminal.stdout.write(`${exportSecrets(place(run))}\n`);
      return 0;
    },
  );

  verb(
    cli,
    dashboard,
    'import [file]',
    'take the secrets that `export` printed elsewhere, from a file or stdin',
    {},
    same,
    async (run, _, [file = '-']) => {
      const { importSecrets } = await import('@cellblock/agent/up/dashboard-secrets');
      return importSecrets(place(run), read(file));
    },
  );
}

function read(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw unreadableFile(file, error);
  }
}

const same = (command: Command) => command;

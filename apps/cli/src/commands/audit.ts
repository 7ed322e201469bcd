import { parsePointInTime } from '@cellblock/shared/point-in-time';
import type { Command } from 'commander';
import { usageError } from '../cli-error.ts';
import type { Run } from '../run.ts';
import { auditDetail, auditTable } from '../tables/audit-table.ts';
import { type Cli, verb } from '../verb.ts';

const PAGE = 200;

export function auditVerbs(cli: Cli, program: Command): void {
  const audit = program.command('audit').description('who did what, and what the host reports');

  verb<{ filter?: string; from?: string; to?: string }>(
    cli,
    audit,
    'search [filter]',
    'events, newest first',
    { flags: { q: 'FILTER', from: '--from', to: '--to' } },
    (command) =>
      command
        .option('--filter <filter>', 'a filter that begins with -: --filter=-kind:jail.exec')
        .option('--from <time>', 'first moment: 2h, 2026-08-03')
        .option('--to <time>', 'last moment'),
    async (run, options, [filter]) => {
      if (filter !== undefined && options.filter !== undefined) {
        throw usageError({
          field: '--filter',
          message: 'FILTER and --filter are the same thing.',
          cause: `Two filters were given: ${filter} and ${options.filter}.`,
          fix: `Write both into one: cellblock audit search '${filter} ${options.filter}'`,
        });
      }
      const q = filter ?? options.filter;
      const page = await run.dashboard.audit.search.query({
        ...(q === undefined ? {} : { q }),
        ...moment(run, '--from', 'from', options.from),
        ...moment(run, '--to', 'to', options.to),
        limit: PAGE,
      });
      const { next, ...printed } = page;
      run.print(auditTable(page.events, printed));
      if (next !== null) run.say(`the newest ${page.events.length} are shown; --to reaches further back`);
      return 0;
    },
  );

  verb(
    cli,
    audit,
    'show <seq>',
    'one event with its outcomes and receipts',
    { flags: { seq: 'SEQ' } },
    same,
    async (run, _, [text = '']) => {
      const seq = Number(text.replace(/^#/, ''));
      if (!Number.isInteger(seq) || seq < 1) {
        throw usageError({
          field: 'SEQ',
          message: `${text} is not the number of an event.`,
          cause: 'Events are numbered from 1.',
          fix: 'cellblock audit search shows the numbers; then: cellblock audit show 42',
        });
      }
      run.print(auditDetail(await run.dashboard.audit.show.query({ seq })));
      return 0;
    },
  );
}

function moment<K extends string>(
  run: Run,
  flag: string,
  key: K,
  text: string | undefined,
): { [P in K]?: string } {
  if (text === undefined) return {};
  const at = parsePointInTime(text, run.terminal.now(), 'before');
  if (at === null) {
    throw usageError({
      field: flag,
      message: `${text} is not a time.`,
      cause: 'It is neither a span before now nor a date.',
      fix: `Write it as ${flag} 2h, ${flag} 2026-08-03 or ${flag} 2026-08-03T14:03Z`,
    });
  }
  return { [key]: at.toISOString() } as { [P in K]?: string };
}

const same = (command: Command) => command;

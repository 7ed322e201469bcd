import { inertText } from '@cellblock/shared/inert-text';
import type { Command } from 'commander';
import { consoleOf } from '../agent/console-of.ts';
import { usageError } from '../cli-error.ts';
import { followed } from '../subscription.ts';
import { type Cli, verb } from '../verb.ts';

const DEFAULT_LINES = 100;

export function logsVerb(cli: Cli, program: Command): void {
  verb<{ follow?: boolean; lines?: string }>(
    cli,
    program,
    'logs <jail>',
    'what it wrote to its console',
    { flags: { jail: '<jail>', tailLines: '-n' } },
    (command) =>
      command
        .option('-f, --follow', 'go on as it writes')
        .option('-n, --lines <n>', `last lines (${DEFAULT_LINES})`),
    async (run, options, [jail = '']) => {
      const tailLines = Number(options.lines ?? DEFAULT_LINES);
      if (!Number.isInteger(tailLines) || tailLines < 0) {
        throw usageError({
          field: '-n',
          message: `${options.lines} is not a count.`,
          cause: 'Lines are counted with whole numbers from 0.',
          fix: `cellblock logs ${jail} -n ${DEFAULT_LINES}`,
        });
      }
      const input = { jail, tailLines, follow: options.follow === true };
      const decoder = new TextDecoder();
      // A terminal obeys what it is sent, and this was written in a jail; a file gets every byte.
      const shown = (text: string | Uint8Array) =>
        inertText(
          (typeof text === 'string' ? text : decoder.decode(text, { stream: true })).replaceAll('\r\n', '\n'),
          '\n\t',
        );
      const write = (text: string | Uint8Array, dropped: number) => {
        if (dropped > 0) run.warn(`${dropped} bytes were dropped here: the ring was full`);
        run.terminal.stdout.write(run.terminal.stdout.isTTY === true ? shown(text) : text);
      };
      await run.dashboardOrAgent(
        async (dashboard) => {
          // A stream that finds nobody says only that it failed; a question says why.
          await dashboard.jails.get.query({ jail });
          await followed(dashboard.jails.logs, input, (part) => write(part.text, part.dropped));
        },
        () => consoleOf(run, input, (part) => write(Buffer.from(part.data, 'base64'), part.dropped)),
      );
      return 0;
    },
  );
}

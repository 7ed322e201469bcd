import { parseDuration } from '@cellblock/shared/duration';
import { parsePointInTime } from '@cellblock/shared/point-in-time';
import type { Command } from 'commander';
import { usageError } from '../cli-error.ts';
import { parseRange } from '../range.ts';
import { poolDetail, poolTable } from '../tables/network-table.ts';
import { type Cli, verb } from '../verb.ts';

export function poolVerbs(cli: Cli, program: Command): void {
  const pool = program.command('pool').description('ranges of addresses that may be assigned');
  const flags = { pool: '<pool>', first: 'FIRST', last: 'LAST', reason: '--reason', until: '--until' };

  verb(cli, pool, 'ls', 'list pools', {}, same, async (run) => {
    run.print(poolTable(await run.dashboard.pools.list.query({})));
    return 0;
  });
  verb(cli, pool, 'show <pool>', 'one pool', { flags }, same, async (run, _, [name = '']) => {
    run.print(poolDetail(await run.dashboard.pools.get.query({ pool: name })));
    return 0;
  });
  verb<{ network: string; range: string; cooling?: string }>(
    cli,
    pool,
    'create <pool>',
    'make a pool',
    {
      flags: {
        name: '<pool>',
        network: '--network',
        first: '--range',
        last: '--range',
        coolingSeconds: '--cooling',
      },
    },
    (command) =>
      command
        .requiredOption('--network <n>', 'network that it lies in')
        .requiredOption('--range <first-last>', 'its addresses')
        .option('--cooling <duration>', 'how long a released address rests: 1h'),
    async (run, options, [name = '']) => {
      const cooling = options.cooling === undefined ? undefined : parseDuration(options.cooling);
      if (cooling === null) {
        throw usageError({
          field: '--cooling',
          message: `${options.cooling} is not a duration.`,
          cause: 'A duration is a number with s, m, h or d behind it.',
          fix: 'Write it as --cooling 30s, --cooling 10m or --cooling 1h',
        });
      }
      const made = await run.dashboard.pools.create.mutate({
        name,
        network: options.network,
        ...parseRange('--range', options.range),
        ...(cooling === undefined ? {} : { coolingSeconds: Math.round(cooling / 1000) }),
      });
      run.print(poolDetail(made));
      return 0;
    },
  );
  verb(
    cli,
    pool,
    'rm <pool>',
    'remove a pool without assignments',
    { flags },
    same,
    async (run, _, [name = '']) => {
      await run.dashboard.pools.remove.mutate({ pool: name });
      run.say(`${name} is removed`);
      return 0;
    },
  );
  verb<{ reason: string; until?: string }>(
    cli,
    pool,
    'reserve <pool> <range>',
    'keep addresses from being assigned',
    { flags },
    (command) =>
      command
        .requiredOption('--reason <s>', 'why, for whoever finds it later')
        .option('--until <time>', 'when it ends by itself: 2027-01-31, 7d'),
    async (run, options, [name = '', range = '']) => {
      const until =
        options.until === undefined
          ? undefined
          : parsePointInTime(options.until, run.terminal.now(), 'after');
      if (until === null) {
        throw usageError({
          field: '--until',
          message: `${options.until} is not a time.`,
          cause: 'It is neither a span from now nor a date.',
          fix: 'Write it as --until 7d or --until 2027-01-31',
        });
      }
      await run.dashboard.pools.reserve.mutate({
        pool: name,
        ...parseRange('FIRST-LAST', range),
        reason: options.reason,
        ...(until === undefined ? {} : { until: until.toISOString() }),
      });
      run.say(`${range} is reserved`);
      return 0;
    },
  );
  verb(
    cli,
    pool,
    'unreserve <pool> <range>',
    'end a reservation',
    { flags },
    same,
    async (run, _, [name = '', range = '']) => {
      await run.dashboard.pools.unreserve.mutate({ pool: name, ...parseRange('FIRST-LAST', range) });
      run.say(`${range} is free again`);
      return 0;
    },
  );
}

const same = (command: Command) => command;

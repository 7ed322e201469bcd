import { parsePointInTime } from '@cellblock/shared/point-in-time';
import type { AddressView } from '@cellblock/shared/views/address-view';
import type { Command } from 'commander';
import { usageError } from '../cli-error.ts';
import type { Change } from '../dashboard/procedures.ts';
import { EXIT } from '../exit-code.ts';
import type { Run } from '../run.ts';
import { settle } from '../settle.ts';
import { addressAtTable, addressDetail, historyTable } from '../tables/address-table.ts';
import { type Cli, verb } from '../verb.ts';

const flags = {
  jail: '<jail>',
  address: '<address>',
  at: '<time>',
  network: '--network',
  pool: '--pool',
  interface: '--interface',
};

export function ipVerbs(cli: Cli, program: Command): void {
  const ip = program.command('ip').description('addresses and who holds them');

  verb<{ network?: string; pool?: string; interface?: string }>(
    cli,
    ip,
    'assign <jail> [address]',
    'give an address to a jail; without ADDR the next free one',
    { changes: true, flags },
    (command) =>
      command
        .option('--network <n>', 'network to take it from')
        .option('--pool <p>', 'pool to take it from')
        .option('--interface <i>', 'interface of the jail that gets it'),
    async (run, options, [jail = '', address]) => {
      const change = await run.dashboard.ips.assign.mutate({
        jail,
        ...(address === undefined ? {} : { address }),
        ...(options.network === undefined ? {} : { network: options.network }),
        ...(options.pool === undefined ? {} : { pool: options.pool }),
        ...(options.interface === undefined ? {} : { interface: options.interface }),
        dryRun: run.options.dryRun,
      });
      return await settled(run, change, (view) => `${view.address} is ${view.state} to ${jail}`);
    },
  );

  verb<{ forceUnconfirmed?: boolean; reason?: string }>(
    cli,
    ip,
    'release <jail> <address>',
    'take an address back',
    { changes: true, flags: { ...flags, forceUnconfirmed: '--force-unconfirmed', reason: '--reason' } },
    (command) =>
      command
        .option('--force-unconfirmed', 'administrators: do not wait for the host, which may still use it')
        .option('--reason <s>', 'why, for the history'),
    async (run, options, [jail = '', address = '']) => {
      if (options.forceUnconfirmed && !options.reason) {
        throw usageError({
          field: '--reason',
          message: '--force-unconfirmed wants a reason.',
          cause: 'The host may still use the address; whoever meets two holders must find out why.',
          fix: `cellblock ip release ${jail} ${address} --force-unconfirmed --reason "host is dead"`,
        });
      }
      const change = await run.dashboard.ips.release.mutate({
        jail,
        address,
        forceUnconfirmed: options.forceUnconfirmed === true,
        ...(options.reason === undefined ? {} : { reason: options.reason }),
        dryRun: run.options.dryRun,
      });
      return await settled(
        run,
        change,
        (view) => `${view.address} is taken back from ${jail}: ${view.state}`,
      );
    },
  );

  verb(
    cli,
    ip,
    'move <address> <jail>',
    'give an address to another jail, without a moment of two holders',
    { changes: true, flags },
    same,
    async (run, _, [address = '', jail = '']) => {
      const change = await run.dashboard.ips.move.mutate({ address, jail, dryRun: run.options.dryRun });
      return await settled(run, change, (view) => `${view.address} is ${view.state} to ${jail}`);
    },
  );

  verb(
    cli,
    ip,
    'show <address>',
    'its state and its holder',
    { flags },
    same,
    async (run, _, [address = '']) => {
      run.print(addressDetail(await run.dashboard.ips.show.query({ address })));
      return 0;
    },
  );

  verb(
    cli,
    ip,
    'history <address>',
    'who held it, newest first',
    { flags },
    same,
    async (run, _, [address = '']) => {
      run.print(historyTable(await run.dashboard.ips.history.query({ address })));
      return 0;
    },
  );

  verb(
    cli,
    ip,
    'at <address> <time>',
    'who held it then',
    { flags },
    same,
    async (run, _, [address = '', time = '']) => {
      const at = parsePointInTime(time, run.terminal.now(), 'before');
      if (at === null) {
        throw usageError({
          field: 'TIME',
          message: `${time} is not a time.`,
          cause: 'It is neither a span before now nor a date.',
          fix: `cellblock ip at ${address} 2h; or 2026-08-03T14:03Z, or "2026-08-03 14:03"`,
        });
      }
      const answer = await run.dashboard.ips.at.query({ address, at: at.toISOString() });
      run.print(addressAtTable(answer));
      run.say(answer.text);
      return answer.answer === 'nobody' ? EXIT.notFound : 0;
    },
  );
}

/** What is printed is read after the host's receipt: no line says assigned before a host has said so. */
async function settled(
  run: Run,
  change: Change<AddressView>,
  words: (view: AddressView) => string,
): Promise<number> {
  const object = await settle(run, change);
  if (object === null) return 0;
  const view = await run.dashboard.ips.show.query({ address: object.address });
  run.print(addressDetail(view));
  run.say(words(view));
  return 0;
}

const same = (command: Command) => command;

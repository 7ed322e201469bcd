import { type Command, Option } from 'commander';
import { settle } from '../settle.ts';
import { networkDetail, networkTable } from '../tables/network-table.ts';
import { type Cli, repeated, verb } from '../verb.ts';

interface CreateOptions {
  subnet: string[];
  nat?: boolean;
  host?: string;
  parent?: string;
  gateway?: string;
}

export function networkVerbs(cli: Cli, program: Command): void {
  const network = program.command('network').description('what jails attach to');
  const flags = { network: '<network>' };

  verb(cli, network, 'ls', 'list networks', {}, same, async (run) => {
    run.print(networkTable(await run.dashboard.networks.list.query()));
    return 0;
  });
  verb(cli, network, 'show <network>', 'one network', { flags }, same, async (run, _, [name = '']) => {
    run.print(networkDetail(await run.dashboard.networks.get.query({ network: name })));
    return 0;
  });
  verb<CreateOptions>(
    cli,
    network,
    'create <name>',
    'make a bridge, or attach to one that exists',
    {
      changes: true,
      flags: {
        name: '<name>',
        subnets: '--subnet',
        nat: '--nat',
        host: '--host',
        parent: '--parent',
        gateway: '--gateway',
      },
    },
    (command) =>
      command
        .addOption(new Option('--kind <kind>', 'kind of network').choices(['bridge']).default('bridge'))
        .requiredOption('--subnet <cidr>', 'subnet; again for the other family', repeated)
        .option('--nat', 'traffic to the outside leaves with the host’s address')
        .option('--host <h>', 'the one host that it reaches')
        .option('--parent <bridge>', 'a bridge that exists on the hosts')
        .option('--gateway <addr>', "the segment's gateway"),
    async (run, options, [name = '']) => {
      const change = await run.dashboard.networks.create.mutate({
        name,
        kind: 'bridge',
        subnets: options.subnet,
        nat: options.nat === true,
        parent: options.parent,
        gateway: options.gateway,
        host: options.host,
        dryRun: run.options.dryRun,
      });
      if ((await settle(run, change)) === null) return 0;
      const made = await run.dashboard.networks.get.query({ network: name });
      run.print(networkDetail(made));
      run.say(made.reachText);
      return 0;
    },
  );
  verb(
    cli,
    network,
    'rm <network>',
    'remove a network without jails',
    { changes: true, flags },
    same,
    async (run, _, [name = '']) => {
      const change = await run.dashboard.networks.remove.mutate({
        network: name,
        dryRun: run.options.dryRun,
      });
      if ((await settle(run, change)) !== null) run.say(`${name} is removed`);
      return 0;
    },
  );
}

const same = (command: Command) => command;

import type { Command } from 'commander';
import { checkTable, hostDetail, hostTable } from '../tables/host-table.ts';
import { type Cli, verb } from '../verb.ts';

export function hostVerbs(cli: Cli, program: Command): void {
  const host = program.command('host').description('machines that run an agent');
  const flags = { host: '<host>' };

  verb(cli, host, 'ls', 'list hosts', {}, same, async (run) => {
    run.print(hostTable(await run.dashboard.hosts.list.query(), run.terminal.now()));
    return 0;
  });
  verb(cli, host, 'show <host>', 'one host', { flags }, same, async (run, _, [name = '']) => {
    run.print(hostDetail(await run.dashboard.hosts.get.query({ host: name })));
    return 0;
  });
  verb(
    cli,
    host,
    'approve <host>',
    'let an enrolled host in',
    { flags },
    same,
    async (run, _, [name = '']) => {
      const waiting = await run.dashboard.hosts.get.query({ host: name });
      run.say(`fingerprint ${waiting.fingerprint}`);
      await run.dashboard.hosts.approve.mutate({ host: name, fingerprint: waiting.fingerprint });
      run.say(`${name} is approved`);
      return 0;
    },
  );
  verb(cli, host, 'check <host>', 'what its kernel can do', { flags }, same, async (run, _, [name = '']) => {
    run.print(checkTable(await run.dashboard.hosts.check.mutate({ host: name })));
    return 0;
  });
  verb(
    cli,
    host,
    'rm <host>',
    'remove a host without jails',
    { flags },
    same,
    async (run, _, [name = '']) => {
      await run.dashboard.hosts.remove.mutate({ host: name });
      run.say(`${name} is removed; on it, cellblock agent purge removes what is left`);
      return 0;
    },
  );
  verb<{ name?: string }>(
    cli,
    host,
    'enroll',
    'print the one line that enrols a host',
    { flags: { name: '--name' } },
    (command) => command.option('--name <h>', 'what the host is called; without it, what it calls itself'),
    async (run, options) => {
      const made = await run.dashboard.hosts.enroll.mutate(options.name ? { name: options.name } : {});
      // The line alone, also on a terminal: it is there to be copied.
      run.print({ data: made, headings: [], rows: [[made.line]], names: [made.line] });
      run.say(`Paste it on the new host as root. It works once, until ${made.expiresAt}.`);
      if (made.archive === null) {
        run.say('This dashboard runs out of a clone: the new host needs a clone too.');
      }
      return 0;
    },
  );
}

const same = (command: Command) => command;

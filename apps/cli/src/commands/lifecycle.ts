import { DEFAULT_PORT } from '@cellblock/shared/data-directory';
import type { Command } from 'commander';
import { usageError } from '../cli-error.ts';
import type { Run } from '../run.ts';
import { type Cli, verb } from '../verb.ts';

interface UpOptions {
  port?: string;
  listen?: string;
  url?: string;
  cert?: string;
  key?: string;
  detach?: boolean;
  agent: boolean;
}

/** `up`, `down` and `status` act on this machine's processes; the words are here, the acts are the agent's. */
export function lifecycleVerbs(cli: Cli, program: Command): void {
  verb<UpOptions>(
    cli,
    program,
    'up',
    'install what is missing, start database, dashboard and agent',
    {},
    (command) =>
      command
        .option('--port <n>', 'one port for browsers and agents')
        .option('--listen <addr>', 'address to listen on; loopback without it')
        .option('--url <u>', 'the URL that people use')
        .option('--cert <file>', 'certificate, PEM')
        .option('--key <file>', 'private key, PEM')
        .option('--detach', 'go on in the background; exit 0 means ready')
        .option('--no-agent', 'no agent on this machine'),
    async (run, options) => {
      if ((options.cert === undefined) !== (options.key === undefined)) {
        throw usageError({
          field: options.cert === undefined ? '--cert' : '--key',
          message: '--cert and --key belong together.',
          cause: 'A certificate serves nobody without its private key.',
          fix: 'Give both: --cert FILE --key FILE; or neither for an authority of our own.',
        });
      }
      const { up } = await import('@cellblock/agent/up/up');
      return await up({
        ...place(run),
        port: portOf(run, options.port),
        listen: options.listen ?? null,
        url: options.url ?? null,
        tls: options.cert && options.key ? { cert: options.cert, key: options.key } : null,
        detach: options.detach === true,
        agent: options.agent,
      });
    },
  );

  verb(
    cli,
    program,
    'down',
    'stop dashboard, database and agent; jails keep running',
    {},
    same,
    async (run) => {
      const { down } = await import('@cellblock/agent/up/down');
      return await down(place(run));
    },
  );

  verb(cli, program, 'status', 'what of Cellblock runs on this machine', {}, same, async (run) => {
    const { status } = await import('@cellblock/agent/up/status');
    return await status(place(run));
  });
}

const same = (command: Command) => command;

/** Where things are, and how to speak. */
export function place(run: Run) {
  return {
    data: run.options.data,
    dataGiven: run.options.dataGiven,
    output: run.options.output,
    quiet: run.options.quiet,
  };
}

function portOf(run: Run, given: string | undefined): number | null {
  const text = given ?? (run.terminal.env.CELLBLOCK_PORT || undefined);
  if (text === undefined) return null;
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65536) return port;
  throw usageError({
    field: given === undefined ? 'CELLBLOCK_PORT' : '--port',
    message: `${text} is not a port.`,
    cause: 'Ports are the numbers from 1 to 65535.',
    fix: `cellblock up --port ${DEFAULT_PORT}`,
  });
}

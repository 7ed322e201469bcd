import { parseArgs } from 'node:util';
import { AppError } from '@cellblock/shared/app-error';
import { DEFAULT_DATA_DIRECTORY, DEFAULT_PORT } from '@cellblock/shared/data-directory';

/** What one installation on this machine is started with. */
export type Settings = {
  data: string;
  port: number;
  /** address to listen on */
  listen: string;
  /** what people and agents call the dashboard */
  url?: string;
  /** PEM files, given together */
  cert?: string;
  key?: string;
  /** the dashboard alone, without this machine as a host */
  noAgent: boolean;
  /** PostgreSQL that somebody else runs */
  databaseUrl?: string;
  /** a further host: its agent alone; URL and token only until it is enrolled */
  agentOnly?: { dashboard?: string; token?: string };
};

const OPTIONS = {
  data: { type: 'string' },
  port: { type: 'string' },
  listen: { type: 'string' },
  url: { type: 'string' },
  cert: { type: 'string' },
  key: { type: 'string' },
  'no-agent': { type: 'boolean' },
  'agent-only': { type: 'boolean' },
  dashboard: { type: 'string' },
} as const;

/** The command line of the supervisor. Secrets are not on it: they come in the environment. */
export function settingsFromArguments(argv: string[], env: Record<string, string | undefined>): Settings {
  const { values } = parseArgs({ args: argv, options: OPTIONS });
  const { data, port, listen, url, cert, key, dashboard } = values;
  return checkSettings({
    data: data ?? env.CELLBLOCK_DATA ?? DEFAULT_DATA_DIRECTORY,
    port: Number(port ?? env.CELLBLOCK_PORT ?? DEFAULT_PORT),
    listen: listen ?? '127.0.0.1',
    ...(url ? { url } : {}),
    ...(cert ? { cert } : {}),
    ...(key ? { key } : {}),
    noAgent: values['no-agent'] ?? false,
    ...(env.DATABASE_URL ? { databaseUrl: env.DATABASE_URL } : {}),
    ...(values['agent-only']
      ? {
          agentOnly: {
            ...(dashboard ? { dashboard } : {}),
            ...(env.CELLBLOCK_TOKEN ? { token: env.CELLBLOCK_TOKEN } : {}),
          },
        }
      : {}),
  });
}

export function argumentsOf(settings: Settings): string[] {
  const { data, port, listen, url, cert, key, noAgent, agentOnly } = settings;
  const named = (name: string, value: string | undefined) =>
    value === undefined ? [] : [`--${name}`, value];
  return [
    ...named('data', data),
    ...named('port', String(port)),
    ...named('listen', listen),
    ...named('url', url),
    ...named('cert', cert),
    ...named('key', key),
    ...(noAgent ? ['--no-agent'] : []),
    ...(agentOnly ? ['--agent-only', ...named('dashboard', agentOnly.dashboard)] : []),
  ];
}

/** Refuses settings that could not work together. */
export function checkSettings(settings: Settings): Settings {
  const { port, cert, key, url, listen } = settings;
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new AppError('invalid', `${port} is not a port.`, {
      field: 'port',
      cause: 'Ports are the whole numbers from 1 to 65535.',
      fix: `cellblock up --port ${DEFAULT_PORT}`,
    });
  }
  if ((cert === undefined) !== (key === undefined)) {
    throw new AppError('invalid', '--cert and --key belong together.', {
      field: cert === undefined ? 'cert' : 'key',
      cause: 'A certificate serves nobody without its private key.',
      fix: 'Give both: cellblock up --cert FILE --key FILE',
    });
  }
  if (url !== undefined && !/^https?:\/\/[^/]+\/*$/.test(url)) {
    throw new AppError('invalid', `${url} is no address of a dashboard.`, {
      field: 'url',
      cause: 'It must be http:// or https:// and a name, without a path.',
      fix: 'cellblock up --url https://cellblock.example.org',
    });
  }
  if (!isLoopback(listen) && url === undefined) {
    throw new AppError('invalid', `Listening on ${listen} needs --url.`, {
      field: 'url',
      cause: 'Browsers and agents elsewhere must be told by what name to reach the dashboard.',
      fix: `cellblock up --listen ${listen} --url https://NAME:${port}`,
    });
  }
  if (!isLoopback(listen) && url?.startsWith('http://')) {
    throw new AppError('invalid', `${url} would be answered on this machine only.`, {
      field: 'url',
      cause: 'Whoever comes from elsewhere is answered over TLS alone.',
      fix: `cellblock up --listen ${listen} --url ${url.replace(/^http:/, 'https:')}`,
    });
  }
  return settings;
}

export const isLoopback = (address: string): boolean =>
  address === '::1' || address === 'localhost' || /^127\./.test(address);

/** Where a browser on this machine finds the dashboard. */
export function urlOf(settings: Settings): string {
  return (settings.url ?? `http://localhost:${settings.port}`).replace(/\/+$/, '');
}

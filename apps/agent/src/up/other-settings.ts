import { AppError } from '@cellblock/shared/app-error';
import type { Settings } from '../supervisor/settings.ts';
import type { SupervisorState } from '../supervisor/state-file.ts';

/** null: not given; no agent cannot be asked for by silence. */
interface Asked {
  port: number | null;
  listen: string | null;
  url: string | null;
  /** resolved paths */
  tls: { cert: string; key: string } | null;
  agent: boolean;
  databaseUrl: string | null;
}

type State = Pick<SupervisorState, 'port' | 'listen' | 'url' | 'agent'>;
type Started = Pick<Settings, 'cert' | 'key' | 'databaseUrl'>;

/**
 * What runs keeps its settings: whoever asks for others is not to believe that they are in force. `started`: what
 * its process was given beside what it says of itself; null: that is not known.
 */
export function refuseOtherSettings(asked: Asked, running: State, started: Started | null): void {
  const is = (name: string, wanted: unknown, now: unknown, words = `with --${name} ${now}`) =>
    wanted !== null && wanted !== now ? [{ name, words }] : [];
  const file = (name: 'cert' | 'key') => {
    const now = started?.[name];
    return is(
      name,
      asked.tls?.[name] ?? null,
      now,
      now ? undefined : 'with a certificate of its own, or none',
    );
  };
  const [other] = [
    ...is('port', asked.port, running.port),
    ...is('listen', asked.listen, running.listen),
    ...is('url', asked.url?.replace(/\/+$/, '') ?? null, running.url),
    ...(started === null ? [] : [...file('cert'), ...file('key')]),
    ...is('no-agent', asked.agent ? null : false, running.agent, 'with the agent of this machine'),
    // Its password is nobody's to read on a screen.
    ...(started === null
      ? []
      : is('DATABASE_URL', asked.databaseUrl, started.databaseUrl, 'with another database')),
  ];
  if (other === undefined) return;
  throw new AppError('conflict', `It runs already, ${other.words}.`, {
    field: other.name,
    cause: 'Settings are taken when it starts.',
    fix: 'cellblock down, then the same line again; jails keep running meanwhile',
  });
}

import { AppError } from '@cellblock/shared/app-error';
import type { SupervisorState } from '../supervisor/state-file.ts';

type Asked = { port: number | null; listen: string | null; url: string | null };

/** What runs keeps its settings: whoever asks for others is not to believe that they are in force. */
export function refuseOtherSettings(
  asked: Asked,
  running: Pick<SupervisorState, 'port' | 'listen' | 'url'>,
): void {
  const now = { port: running.port, listen: running.listen, url: running.url };
  const wanted = { port: asked.port, listen: asked.listen, url: asked.url?.replace(/\/+$/, '') ?? null };
  const other = (['port', 'listen', 'url'] as const).find(
    (name) => wanted[name] !== null && wanted[name] !== now[name],
  );
  if (other === undefined) return;
  throw new AppError('conflict', `It runs already, with --${other} ${now[other]}.`, {
    field: other,
    cause: 'Settings are taken when it starts.',
    fix: 'cellblock down, then the same line again; jails keep running meanwhile',
  });
}

import { AppError } from '@cellblock/shared/app-error';
import { type FilterFields, matchesFilter, parseFilter } from '@cellblock/shared/filter';
import type { JailSummary } from '@cellblock/shared/views/jail-view';
import type { Db } from '../db.ts';
import { loadJails } from './queries.ts';

/** What jails can be asked by: `state:failed host:fra1-* ip:10.20.0.0/16 memory>1GiB`. */
export const JAIL_FIELDS: FilterFields<JailSummary> = {
  name: (jail) => jail.name,
  id: (jail) => jail.id,
  state: (jail) => jail.state,
  wanted: (jail) => jail.wanted.state,
  host: (jail) => jail.host.name,
  ip: (jail) => jail.addresses.map(({ address }) => address),
  root: (jail) => jail.root,
  memory: (jail) => jail.usage?.memoryBytes,
  pids: (jail) => jail.usage?.pids,
  converged: (jail) => (jail.converged ? 'yes' : 'no'),
  problem: (jail) => jail.problem?.message,
  created: (jail) => new Date(jail.createdAt),
  started: (jail) => (jail.startedAt === null ? null : new Date(jail.startedAt)),
};

export async function listJails(
  db: Db,
  query: { q?: string | undefined; host?: string | undefined; includeDestroyed?: boolean | undefined },
): Promise<{ jails: JailSummary[]; total: number }> {
  const all = await loadJails(db, query);
  if (!query.q?.trim()) return { jails: all, total: all.length };
  const parsed = parseFilter(query.q, Object.keys(JAIL_FIELDS));
  if (!parsed.ok) {
    const { message, nearest } = parsed.error;
    throw new AppError('invalid', message, {
      field: 'q',
      cause: 'The filter has a word that this list does not know, or is not finished.',
      fix: nearest ? `Did you mean ${nearest}?` : `Fields are ${Object.keys(JAIL_FIELDS).join(', ')}.`,
      evidence: { ...parsed.error },
    });
  }
  return { jails: all.filter((jail) => matchesFilter(parsed.filter, jail, JAIL_FIELDS)), total: all.length };
}

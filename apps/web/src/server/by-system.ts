import { randomUUID } from 'node:crypto';
import type { Db } from './db.ts';
import type { VerbContext } from './verb-context.ts';

/** What the dashboard does by itself, because time passed or a host came back. */
export const bySystem = (db: Db): VerbContext => ({
  db,
  actor: { type: 'system', name: 'cellblock' },
  role: null,
  session: null,
  sourceAddress: null,
  requestId: randomUUID(),
});

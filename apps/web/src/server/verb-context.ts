import type { Actor } from '@cellblock/shared/actor';
import type { Role } from '@cellblock/shared/role';
import type { Db } from './db.ts';

/**
 * Who asks, and from where: what every verb is given beside its input. Verbs trust it; it is made in one
 * place, where the request is signed in (trpc.ts), and by the loops of the dashboard itself.
 */
export interface VerbContext {
  db: Db;
  actor: Actor;
  /** null: the dashboard itself acts (actor `system` or `host`) */
  role: Role | null;
  session: {
    id: string;
    /** how it was signed in: `password+totp`, `passkey`, `token`, `root` */
    credential: string;
  } | null;
  /** client's address; null on the local socket */
  sourceAddress: string | null;
  requestId: string;
}

import type { Actor } from '@cellblock/shared/actor';
import type { Role } from '@cellblock/shared/role';
import type { Db } from '../db.ts';
import type { VerbContext } from '../verb-context.ts';
import type { WebServices } from '../web-services.ts';

/** Who a request is from, after cookie, token or root's socket have been looked at. */
export interface Identity {
  actor: Actor;
  role: Role;
  session: NonNullable<VerbContext['session']>;
}

/** What every procedure is given. With an identity in it, it is a VerbContext. */
export interface RequestContext {
  db: Db;
  /** null: nobody has signed in */
  identity: Identity | null;
  requestId: string;
  /** the caller's address; null on root's socket */
  sourceAddress: string | null;
  /** headers of the request, for the sign-in library alone */
  headers: Headers;
  /** for procedures that begin or end a session */
  setCookies: (cookies: string[]) => void;
  /** for set-up, sign-in and hosts; verbs on jails and addresses need none of it */
  services: WebServices;
}

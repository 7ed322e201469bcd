import type { IncomingHttpHeaders } from 'node:http';
import { Role } from '@cellblock/shared/role';
import type { Identity } from '../api/request-context.ts';
import type { Db } from '../db.ts';
import { hashOfSecret } from './one-time-secret.ts';
import type { SignIn } from './sign-in.ts';

/** Root on this machine came through a socket that only root and the dashboard can open. */
export function identityOfRoot(headers: IncomingHttpHeaders): Identity {
  const word = (name: string) => {
    const value = headers[`x-cellblock-${name}`];
    return typeof value === 'string' && value !== '' ? value : null;
  };
  const loginUid = Number(word('login-uid') ?? Number.NaN);
  return {
    actor: {
      type: 'root',
      person: word('person'),
      loginUid: Number.isSafeInteger(loginUid) ? loginUid : null,
      sudoUser: word('sudo-user'),
      tty: word('tty'),
    },
    role: 'admin',
    session: { id: 'root', credential: 'root' },
  };
}

/** `Authorization: Bearer cb_…`; null when it is no token, has expired or was removed. */
export async function identityOfToken(
  db: Db,
  authorization: string,
  from: string | null = null,
): Promise<Identity | null> {
  const secret = /^Bearer (cb_[\w-]+)$/.exec(authorization)?.[1];
  if (secret === undefined) return null;
  const token = await db.apiToken.findUnique({ where: { hash: hashOfSecret(secret) } });
  if (token === null || token.expiresAt.getTime() <= Date.now()) return null;
  // Once a minute is enough to see whether a token is still in use; another place is news at once.
  if (Date.now() - (token.lastUsedAt?.getTime() ?? 0) > 60_000 || token.lastUsedFrom !== from) {
    await db.apiToken.updateMany({
      where: { id: token.id },
      data: { lastUsedAt: new Date(), lastUsedFrom: from },
    });
  }
  return {
    actor: { type: 'token', id: token.id, name: token.name, owner: token.ownerName },
    role: Role.parse(token.role),
    session: { id: token.id, credential: 'token' },
  };
}

/** The session behind a cookie, and the cookie anew when its end has moved. */
export async function identityOfCookie(
  db: Db,
  signIn: SignIn,
  headers: Headers,
): Promise<{ identity: Identity; cookies: string[] } | null> {
  const { response, headers: answer } = await signIn.api.getSession({ headers, returnHeaders: true });
  if (response === null) return null;
  // The role is read anew each time: taking it away works at once.
  const session = await db.session.findUnique({
    where: { id: response.session.id },
    select: { credential: true, user: { select: { id: true, username: true, role: true } } },
  });
  if (session === null) return null;
  return {
    identity: {
      actor: { type: 'user', id: session.user.id, name: session.user.username },
      role: Role.parse(session.user.role),
      session: { id: response.session.id, credential: session.credential },
    },
    cookies: answer.getSetCookie(),
  };
}

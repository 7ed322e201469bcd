import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '@cellblock/shared/app-error';
import { NOBODY } from '../api/record-refused-mutation.ts';
import { recordRefusal } from '../audit/record-refusal.ts';
import { accountOfTry } from '../auth/account-of-try.ts';
import { CREDENTIAL_CHANGES, recordCredentialChange } from '../auth/record-credential-change.ts';
import { recordSignIn, recordSignOut } from '../auth/record-sign-in.ts';
import type { WebServices } from '../web-services.ts';
import { answerRefusal } from './answer.ts';
import { readBody } from './read-body.ts';
import { requestHeaders } from './request-headers.ts';
import { sourceAddressOf } from './source-address.ts';

export const AUTH_PATH = '/api/auth/';
const MAX_BODY = 64 * 1024;

/** What a path of the sign-in library proves when it succeeds. */
const CREDENTIALS: Record<string, string> = {
  'sign-in/username': 'password',
  'two-factor/verify-totp': 'password+totp',
  'two-factor/verify-backup-code': 'password+backup-code',
  'passkey/verify-authentication': 'passkey',
};

/** What people may do there; the rest of the library (e-mail, profile, deletion) is closed. */
const OPEN = new Set([
  ...Object.keys(CREDENTIALS),
  'ok',
  'get-session',
  'list-sessions',
  'revoke-session',
  'revoke-other-sessions',
  'sign-out',
  'change-password',
  'two-factor/enable',
  'two-factor/disable',
  'two-factor/get-totp-uri',
  'two-factor/generate-backup-codes',
  'passkey/generate-register-options',
  'passkey/verify-registration',
  'passkey/generate-authenticate-options',
  'passkey/list-user-passkeys',
  'passkey/delete-passkey',
]);

/** Hands a request to the sign-in library, counts what fails and records who came and went. */
export async function answerAuth(
  services: WebServices,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', services.env.url);
  const path = url.pathname.slice(AUTH_PATH.length);
  if (!OPEN.has(path)) {
    return answerRefusal(response, 404, {
      code: 'not-found',
      message: `There is no ${url.pathname}.`,
      cause: 'Of signing in, only what the pages here use is open.',
      fix: `Sign in at ${services.env.url}/sign-in; programs use a token: cellblock token create NAME --role R --expires 30d`,
    });
  }
  const body = await readBody(request, MAX_BODY);
  const headers = requestHeaders(request);
  const source = sourceAddressOf(request.socket.remoteAddress);
  const from = { db: services.db, requestId: randomUUID(), sourceAddress: source };
  const credential = CREDENTIALS[path];
  const account = credential === undefined ? null : await accountOfTry(services.db, path, headers, body);
  if (credential !== undefined) {
    await services.signInLimit.take(account, source);
  }
  const change = CREDENTIAL_CHANGES[path];
  const session = path === 'sign-out' || change !== undefined ? await sessionOf(services, headers) : null;
  const leaving = path === 'sign-out' ? session : null;
  // Most of them ask for the password: whoever has found a session shall not guess it.
  const changing = change === undefined ? null : session;
  if (changing !== null) {
    await services.signInLimit.take(changing.user.username, source);
  }
  const changed = changing && change ? await recordCredentialChange(from, changing, change) : null;

  const answer = await services.signIn.handler(
    new Request(url, {
      method: request.method ?? 'GET',
      headers,
      ...(body.length > 0 ? { body: new Uint8Array(body) } : {}),
    }),
  );
  const text = await answer.text();
  if (credential !== undefined && (answer.ok || answer.status >= 500)) {
    await services.signInLimit.giveBack(account, source);
  }
  if (credential !== undefined) {
    if (answer.ok) await began(from, answer.headers.getSetCookie(), credential);
    else if (answer.status < 500) await failed(from, account, credential);
  }
  if (changed !== null) {
    if (answer.ok) await services.signInLimit.giveBack(changing?.user.username ?? null, source);
    await changed(answer.ok);
  }
  if (leaving !== null && answer.ok) await recordSignOut(from, leaving);

  response.statusCode = answer.status;
  for (const [name, value] of answer.headers) if (name !== 'set-cookie') response.setHeader(name, value);
  for (const cookie of answer.headers.getSetCookie()) response.appendHeader('Set-Cookie', cookie);
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('X-Request-Id', from.requestId);
  response.end(text);
}

type From = Parameters<typeof recordSignIn>[0];

/** With TOTP the password alone begins no session, and sets no cookie for one: the code is asked for first. */
async function began(from: From, cookies: string[], credential: string): Promise<void> {
  for (const cookie of cookies) {
    // `token.signature`; empty where the library takes a cookie away
    const token = /^__Host-cellblock\.session_token=([^.;%]+)/.exec(cookie)?.[1];
    if (token !== undefined) await recordSignIn(from, token, credential);
  }
}

async function failed(from: From, account: string | null, credential: string): Promise<void> {
  const name = (account ?? '(unknown)').slice(0, 63);
  const refusal = new AppError('denied', 'Sign-in failed.', {
    cause: `The ${credential} was not accepted.`,
    fix: 'Try again, or ask an administrator for an invite.',
  }).refusal;
  await recordRefusal(
    { ...from, actor: NOBODY, session: null },
    'session.sign-in',
    { type: 'user', id: name, name },
    refusal,
  );
}

async function sessionOf(services: WebServices, headers: Headers) {
  const found = await services.signIn.api.getSession({ headers });
  if (found === null) return null;
  return await services.db.session.findUnique({ where: { id: found.session.id }, include: { user: true } });
}

import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '@cellblock/shared/app-error';
import { nodeHTTPRequestHandler } from '@trpc/server/adapters/node-http';
import { refusalOf, trpcErrorOf } from '../api/refusal-of.ts';
import type { Identity, RequestContext } from '../api/request-context.ts';
import { appRouter } from '../api/root.ts';
import { identityOfCookie, identityOfRoot, identityOfToken } from '../auth/identity.ts';
import type { WebServices } from '../web-services.ts';
import { requestHeaders } from './request-headers.ts';
import { sourceAddressOf } from './source-address.ts';

export const TRPC_PATH = '/api/trpc/';
const MAX_BODY = 1024 * 1024;

/** Answers a call of the router; `root`: it came through root's socket. */
export async function answerTrpc(
  services: WebServices,
  request: IncomingMessage,
  response: ServerResponse,
  root: boolean,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://dashboard');
  // Proxies that compress or gather would hold events back.
  response.setHeader('Cache-Control', 'no-store, no-transform');
  response.setHeader('X-Accel-Buffering', 'no');
  await nodeHTTPRequestHandler({
    req: request,
    res: response,
    path: url.pathname.slice(TRPC_PATH.length),
    router: appRouter,
    maxBodySize: MAX_BODY,
    createContext: async () => {
      const requestId = randomUUID();
      try {
        return await contextOf(services, request, response, root, requestId);
      } catch (error) {
        throw await contextFailure(services, error, requestId);
      }
    },
  });
}

/** The sign-in library keeps to itself why it could not look; whether the database is there we see at once. */
async function contextFailure(services: WebServices, error: unknown, requestId: string): Promise<Error> {
  console.error(`${requestId} who calls could not be found out`, error);
  const reason = await services.db.$queryRaw`SELECT 1`.then(
    () => error,
    (gone: unknown) => gone,
  );
  const { code, message, ...more } = refusalOf(reason, requestId);
  return trpcErrorOf(new AppError(code, message, more), requestId);
}

/** Who calls, and by which way. */
export async function contextOf(
  services: WebServices,
  request: IncomingMessage,
  response: ServerResponse,
  root: boolean,
  requestId: string,
): Promise<RequestContext> {
  response.setHeader('X-Request-Id', requestId);
  const headers = requestHeaders(request);
  const setCookies = (cookies: string[]) => {
    for (const cookie of cookies) response.appendHeader('Set-Cookie', cookie);
  };
  let identity: Identity | null = null;
  const { authorization, cookie } = request.headers;
  if (root) identity = identityOfRoot(request.headers);
  else if (authorization !== undefined)
    identity = await identityOfToken(
      services.db,
      authorization,
      sourceAddressOf(request.socket.remoteAddress),
    );
  else if (cookie !== undefined) {
    const found = await identityOfCookie(services.db, services.signIn, headers);
    if (found !== null) {
      identity = found.identity;
      setCookies(found.cookies);
    }
  }
  return {
    services,
    db: services.db,
    identity,
    requestId,
    sourceAddress: root ? null : sourceAddressOf(request.socket.remoteAddress),
    headers,
    setCookies,
  };
}

import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { nodeHTTPRequestHandler } from '@trpc/server/adapters/node-http';
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
    createContext: () => contextOf(services, request, response, root),
  });
}

async function contextOf(
  services: WebServices,
  request: IncomingMessage,
  response: ServerResponse,
  root: boolean,
): Promise<RequestContext> {
  const requestId = randomUUID();
  response.setHeader('X-Request-Id', requestId);
  const headers = requestHeaders(request);
  const setCookies = (cookies: string[]) => {
    for (const cookie of cookies) response.appendHeader('Set-Cookie', cookie);
  };
  let identity: Identity | null = null;
  const { authorization, cookie } = request.headers;
  if (root) identity = identityOfRoot(request.headers);
  else if (authorization !== undefined) identity = await identityOfToken(services.db, authorization);
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

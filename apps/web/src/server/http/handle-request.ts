import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { refusalOf, statusOf } from '../api/refusal-of.ts';
import { makeSetupLink } from '../setup/setup-link.ts';
import type { WebServices } from '../web-services.ts';
import { answerJson, answerRefusal } from './answer.ts';
import { AUTH_PATH, answerAuth } from './auth-endpoint.ts';
import { answerDownload, DOWNLOAD_PATH } from './download-endpoint.ts';
import { answerInstall, INSTALL_PATH } from './install-endpoint.ts';
import { answerMetrics, METRICS_PATH } from './metrics-endpoint.ts';
import { originRefusal } from './request-origin.ts';
import { setSecurityHeaders } from './security-headers.ts';
import { answerTrpc, TRPC_PATH } from './trpc-endpoint.ts';

export type Pages = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** What the port answers. */
export function portHandler(services: WebServices, tls: boolean, pages: Pages) {
  return guarded(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://dashboard');
    setSecurityHeaders(request, response, tls);
    if (pathname === '/healthz') return await answerHealth(services, response);
    // No browser's sign-in counts here, so that no foreign page could borrow it; hosts call us by any name.
    if (pathname.startsWith(INSTALL_PATH)) return await answerInstall(services, request, response);
    if (pathname === METRICS_PATH) return await answerMetrics(services, request, response);
    const refusal = originRefusal(request, { url: services.env.url, tls });
    if (refusal !== null) return answerRefusal(response, 403, refusal);
    if (pathname.startsWith(TRPC_PATH)) return await answerTrpc(services, request, response, false);
    if (pathname === DOWNLOAD_PATH) return await answerDownload(services, request, response);
    if (pathname.startsWith(AUTH_PATH)) return await answerAuth(services, request, response);
    // Next once let this header skip its own checks; ours are in the procedures, and it has no use here.
    delete request.headers['x-middleware-subrequest'];
    await pages(request, response);
  });
}

/** What root's socket answers: whoever could open it is root on this machine. */
export function rootHandler(services: WebServices) {
  return guarded(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://dashboard');
    if (pathname === '/healthz') return await answerHealth(services, response);
    if (pathname === '/setup-link' && request.method === 'GET') {
      return answerJson(response, 200, await makeSetupLink(services.db, services.env.url));
    }
    if (pathname.startsWith(TRPC_PATH)) return await answerTrpc(services, request, response, true);
    answerRefusal(response, 404, {
      code: 'not-found',
      message: `There is no ${pathname} on this socket.`,
      cause: `Root's socket answers /healthz, /setup-link and what lies below ${TRPC_PATH}; pages are on the port.`,
      fix: `Open ${services.env.url}, or use the command line: cellblock --help`,
    });
  });
}

async function answerHealth(services: WebServices, response: ServerResponse): Promise<void> {
  await services.db.$queryRaw`SELECT 1`;
  answerJson(response, 200, { ready: true, version: services.env.version });
}

function guarded(handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    handle(request, response).catch((error: unknown) => {
      const refusal = refusalOf(error, randomUUID());
      if (refusal.code === 'internal')
        console.error(`${refusal.requestId} ${request.method} ${request.url}`, error);
      if (response.headersSent) response.destroy();
      else answerRefusal(response, statusOf(refusal), refusal);
    });
  };
}

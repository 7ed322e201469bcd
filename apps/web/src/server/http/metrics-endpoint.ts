import type { IncomingMessage, ServerResponse } from 'node:http';
import { roleCan } from '@cellblock/shared/role-can';
import { identityOfToken } from '../auth/identity.ts';
import { metricsText } from '../metrics/metrics-text.ts';
import type { WebServices } from '../web-services.ts';
import { answerRefusal } from './answer.ts';
import { sourceAddressOf } from './source-address.ts';

export const METRICS_PATH = '/metrics';

/** What Prometheus scrapes. A token of any role that may read opens it, and nothing else does: a browser's sign-in
 *  does not count, so that no foreign page can borrow it. */
export async function answerMetrics(
  services: WebServices,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const source = sourceAddressOf(request.socket.remoteAddress);
  const identity = await identityOfToken(services.db, request.headers.authorization ?? '', source);
  if (identity === null || !roleCan(identity.role, 'read')) {
    response.setHeader('WWW-Authenticate', 'Bearer');
    return answerRefusal(response, 401, {
      code: 'denied',
      message: 'Metrics are for holders of a token.',
      cause: 'The request carries no token, or one that has expired or was removed.',
      fix: 'Make one: cellblock token create prometheus --role viewer --expires 365d; Prometheus sends it as `authorization: {credentials: cb_…}`',
    });
  }
  response.statusCode = 200;
  response.setHeader('Content-Type', 'text/plain; version=0.0.4; charset=utf-8');
  response.setHeader('Cache-Control', 'no-store');
  response.end(await metricsText(services.db, new Date()));
}

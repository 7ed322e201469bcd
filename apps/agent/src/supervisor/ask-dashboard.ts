import http from 'node:http';
import https from 'node:https';
import { AppError } from '@cellblock/shared/app-error';

const ANSWER_MS = 15_000;
const LARGEST_ANSWER = 256 * 1024;

/** How its certificate is looked at: by an authority's PEM, by those that everybody knows, or not at all. */
export type Trust = { ca: string | null } | 'unverified';

/**
 * Asks a dashboard from a host, without any sign-in, and answers with its JSON. Whatever goes wrong says which
 * side saw what: a host that is cut off shows nothing at the dashboard.
 */
export function askDashboard(
  dashboard: string,
  path: string,
  o: { trust: Trust; body?: unknown },
): Promise<unknown> {
  const url = new URL(path, dashboard);
  const text = o.body === undefined ? undefined : JSON.stringify(o.body);
  const options: https.RequestOptions = {
    method: text === undefined ? 'GET' : 'POST',
    timeout: ANSWER_MS,
    agent: false,
    ...(text === undefined
      ? {}
      : { headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) } }),
    ...(o.trust === 'unverified' ? { rejectUnauthorized: false } : o.trust.ca ? { ca: o.trust.ca } : {}),
  };
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => reject(notReached(url, error));
    const call = (url.protocol === 'https:' ? https : http).request(url, options, (response) => {
      const parts: Buffer[] = [];
      let length = 0;
      response.on('data', (part: Buffer) => {
        length += part.length;
        if (length > LARGEST_ANSWER) call.destroy(new Error('its answer is far too long'));
        parts.push(part);
      });
      response.on('error', fail);
      response.on('end', () => {
        try {
          resolve(answerOf(url, response.statusCode ?? 0, Buffer.concat(parts).toString()));
        } catch (error) {
          reject(error);
        }
      });
    });
    call.on('timeout', () =>
      call.destroy(Object.assign(new Error('no answer within 15 s'), { code: 'ETIMEDOUT' })),
    );
    call.on('error', fail);
    call.end(text);
  });
}

function answerOf(url: URL, status: number, text: string): unknown {
  try {
    if (status === 200) return JSON.parse(text);
  } catch {
    // As any other answer that is not a dashboard's.
  }
  throw new AppError('unreachable', `What answers at ${url.origin} is no dashboard that this agent knows.`, {
    cause: `It answered ${url.pathname} with status ${status}.`,
    fix: 'Make the line anew at the dashboard: cellblock host enroll',
  });
}

function notReached(url: URL, error: NodeJS.ErrnoException): AppError {
  const { code = '', message } = error;
  const dashboard = `${url.origin}`;
  const why = (words: string) => `${words} (${code || message}).`;
  switch (code) {
    case 'ECONNREFUSED':
      return new AppError('unreachable', `Nobody listens at ${dashboard}.`, {
        cause: why('Its machine answered that the port is closed; the dashboard saw nothing of this host'),
        fix: 'On its machine: cellblock status. It must be started with --listen and --url of that address.',
      });
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new AppError('unreachable', `${url.hostname} is no name that this host can resolve.`, {
        cause: why('Nothing was sent'),
        fix: `Add it to /etc/hosts, or start the dashboard with --url and its address.`,
      });
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return new AppError('unreachable', `${dashboard} does not answer.`, {
        cause: why(
          'This host sent, and nothing came back; when the page Enrol of the dashboard shows nothing of this host either, it never arrived',
        ),
        fix: `Let this host reach TCP port ${url.port || 443} of ${url.hostname}: a route, or a firewall between them.`,
      });
    default:
      if (/CERT|SELF_SIGNED|ALTNAME|UNABLE_TO/.test(code)) {
        return new AppError('unreachable', `${dashboard} shows a certificate that is not the dashboard's.`, {
          cause: why('It is not signed by the authority that the dashboard vouches for, or for another name'),
          fix: 'Look who stands between; start the dashboard with --url as hosts call it.',
        });
      }
      return new AppError('unreachable', `${dashboard} was not reached.`, {
        cause: why('The connection failed'),
        fix: 'Try again; on its machine: cellblock status',
      });
  }
}

import type { IncomingMessage } from 'node:http';
import type { Refusal } from '@cellblock/shared/app-error';

const READS = new Set(['GET', 'HEAD', 'OPTIONS']);
/** Names that only this machine, or a tunnel to it, can mean. */
const LOCAL_NAMES = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Refuses what a foreign page in a signed-in browser may send: a Host that is not ours (DNS rebinding), a
 * change whose Origin is another, and one that the browser itself calls cross-site. Ports of local names are
 * free: people come through `ssh -L`.
 */
export function originRefusal(
  request: Pick<IncomingMessage, 'method' | 'headers'>,
  ours: { url: string; tls: boolean },
): Refusal | null {
  const { host, origin, cookie, authorization } = request.headers;
  const name = hostnameOf(host);
  if (name === null || !(LOCAL_NAMES.has(name) || name === new URL(ours.url).hostname)) {
    return {
      code: 'denied',
      message: `This dashboard is not called ${host ?? '(no Host header)'}.`,
      cause: `Its name is ${new URL(ours.url).hostname}; a page that reaches it under another may be somebody else's.`,
      fix: `Open ${ours.url}, or start it with --url and the name that you use.`,
    };
  }
  const site = request.headers['sec-fetch-site'];
  const foreignSite = site !== undefined && site !== 'same-origin' && site !== 'none';
  const foreignOrigin = origin !== undefined && origin !== originOf(host ?? '', ours.tls, ours.url);
  const changes = !READS.has(request.method ?? 'GET');
  // A program with a token has no ambient sign-in that a page could borrow.
  const unproven = changes && origin === undefined && cookie !== undefined && authorization === undefined;
  if (foreignOrigin || (changes && foreignSite) || unproven) {
    return {
      code: 'denied',
      message: 'The request comes from another site.',
      cause: `Origin ${origin ?? 'is missing'}, Host ${host}, Sec-Fetch-Site ${site ?? 'is missing'}.`,
      fix: `Use the pages of ${ours.url}, or a token instead of a session.`,
    };
  }
  return null;
}

function originOf(host: string, tls: boolean, url: string): string {
  // Behind a proxy that ends TLS, browsers name the public URL.
  const publicUrl = new URL(url);
  if (publicUrl.host === host) return publicUrl.origin;
  return `${tls ? 'https' : 'http'}://${host}`;
}

function hostnameOf(host: string | undefined): string | null {
  if (host === undefined || !URL.canParse(`http://${host}`)) return null;
  return new URL(`http://${host}`).hostname;
}

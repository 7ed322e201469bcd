import { existsSync, readFileSync } from 'node:fs';
import { dataDirectory } from '@cellblock/shared/data-directory';
import { CliError, usageError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import type { Terminal } from '../terminal.ts';

/** How the dashboard is reached: root's socket on its machine, else a URL with a token. */
export type DashboardAddress =
  | { via: 'root-socket'; socket: string }
  | { via: 'url'; url: string; token: string; ca: string | undefined };

export const rootSocketOf = (data: string) => dataDirectory(data).rootSocket;

/** CELLBLOCK_URL wins where it is set: whoever sets it means that dashboard. */
export function dashboardAddress(terminal: Terminal, data: string): DashboardAddress {
  const { CELLBLOCK_URL: url, CELLBLOCK_TOKEN: token, CELLBLOCK_CA: ca } = terminal.env;
  if (url) return { via: 'url', ...remote(url, token, ca) };
  if (terminal.uid === 0) return { via: 'root-socket', socket: rootSocketOf(data) };
  throw new CliError(EXIT.denied, {
    message: 'You are not root, and no dashboard is named.',
    cause: "Without sign-in only root on the dashboard's own machine is let in.",
    fix: 'sudo cellblock …, or set CELLBLOCK_URL and CELLBLOCK_TOKEN (cellblock token create NAME --role R).',
  });
}

function remote(url: string, token: string | undefined, ca: string | undefined) {
  if (!URL.canParse(url) || !/^https?:/.test(url)) {
    throw usageError(`CELLBLOCK_URL: ${url} is not a URL.`, 'Write it as https://cellblock.example:8443');
  }
  const { hostname, protocol } = new URL(url);
  const loopback = /^(localhost|127\..*|\[::1\])$/.test(hostname);
  if (protocol === 'http:' && !loopback) {
    throw usageError(
      `CELLBLOCK_URL: ${url} would send the token unencrypted.`,
      'Use https://, with CELLBLOCK_CA=FILE when the certificate is not of a public authority.',
    );
  }
  if (!token) {
    throw new CliError(EXIT.denied, {
      message: 'CELLBLOCK_TOKEN is not set.',
      fix: 'cellblock token create NAME --role R on the dashboard’s machine prints one.',
    });
  }
  if (ca && !existsSync(ca)) throw usageError(`CELLBLOCK_CA: there is no file ${ca}.`);
  return { url, token, ca: ca ? readFileSync(ca, 'utf8') : undefined };
}

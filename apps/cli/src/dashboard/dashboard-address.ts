import { readFileSync } from 'node:fs';
import path from 'node:path';
import { dataDirectory } from '@cellblock/shared/data-directory';
import { systemWords } from '@cellblock/shared/system-refusal';
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
    field: 'CELLBLOCK_URL',
    message: 'You are not root, and no dashboard is named.',
    cause: "Without sign-in only root on the dashboard's own machine is let in.",
    fix: 'sudo cellblock …, or set CELLBLOCK_URL and CELLBLOCK_TOKEN (cellblock token create NAME --role R --expires 30d).',
  });
}

function remote(url: string, token: string | undefined, ca: string | undefined) {
  if (!URL.canParse(url) || !/^https?:/.test(url)) {
    throw usageError({
      field: 'CELLBLOCK_URL',
      message: `${url} is not a URL.`,
      cause: 'It must begin with https:// or http:// and name a machine.',
      fix: 'export CELLBLOCK_URL=https://cellblock.example:8443',
    });
  }
  const { hostname, protocol } = new URL(url);
  const loopback = /^(localhost|127\..*|\[::1\])$/.test(hostname);
  if (protocol === 'http:' && !loopback) {
    throw usageError({
      field: 'CELLBLOCK_URL',
      message: `${url} would send the token unencrypted.`,
      cause: `http:// is plain text, and ${hostname} is another machine: whoever listens between them has the token.`,
      fix: 'Use https://, with CELLBLOCK_CA=FILE when the certificate is not of a public authority.',
    });
  }
  if (!token) {
    throw new CliError(EXIT.denied, {
      message: 'It is not set.',
      field: 'CELLBLOCK_TOKEN',
      cause: `CELLBLOCK_URL is set, and ${url} lets nobody in without a token.`,
      fix: 'On its machine: cellblock token create NAME --role R --expires 30d; then: export CELLBLOCK_TOKEN=…; or: unset CELLBLOCK_URL',
    });
  }
  return { url, token, ca: ca ? authorityIn(ca) : undefined };
}

function authorityIn(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw usageError({
      field: 'CELLBLOCK_CA',
      message: `${file} cannot be read.`,
      cause: `${path.resolve(file)}: ${systemWords(error)}.`,
      fix: "Name the file with the authority's certificate, or with one of a public authority: unset CELLBLOCK_CA",
    });
  }
}

import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import path from 'node:path';
import { secretFile } from '../secret-file.ts';
import { authorityCertificate, type Issuer, newKey, serverCertificate } from './certificate.ts';

const DAY_MS = 86_400_000;
const AUTHORITY_DAYS = 3650;
/** Browsers refuse longer ones. */
const SERVER_DAYS = 397;
const RENEW_DAYS = 60;
const AUTHORITY_NAME = 'Cellblock installation';

/**
 * Certificate and key by an authority of this installation's own, for a dashboard that is reached from
 * elsewhere and was given none. `ca.pem` is what others are told to trust; it stays the same for ten years,
 * the server's is made anew in time or when its names change.
 */
export function ownCertificate(
  secretsDirectory: string,
  names: readonly string[],
): { cert: string; key: string; caFile: string } {
  const file = (name: string) => path.join(secretsDirectory, name);
  const { issuer, ca } = ownAuthority(secretsDirectory);
  const key = secretFile(file('server.key'), pem);
  const make = () => serverCertificate(issuer, createPrivateKey(key), names, inDays(SERVER_DAYS));
  let own = secretFile(file('server.pem'), make);
  if (!holds(own, names)) {
    own = make();
    writeFileSync(file('server.pem.draft'), own, { mode: 0o600 });
    renameSync(file('server.pem.draft'), file('server.pem'));
  }
  return { cert: own + ca, key, caFile: file('ca.pem') };
}

/**
 * The installation's authority, made when there is none: also by a dashboard that needs no certificate yet,
 * so that every further dashboard is given the same one.
 */
export function ownAuthority(secretsDirectory: string): { issuer: Issuer; ca: string } {
  const file = (name: string) => path.join(secretsDirectory, name);
  const issuer = { name: AUTHORITY_NAME, key: createPrivateKey(secretFile(file('ca.key'), pem)) };
  const ca = secretFile(file('ca.pem'), () => authorityCertificate(issuer, inDays(AUTHORITY_DAYS)));
  return { issuer, ca };
}

const pem = () => newKey().export({ type: 'pkcs8', format: 'pem' }).toString();

function holds(pem: string, names: readonly string[]): boolean {
  const certificate = new X509Certificate(pem);
  const left = Date.parse(certificate.validTo) - Date.now();
  const named = names.every((name) =>
    isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name),
  );
  return left > RENEW_DAYS * DAY_MS && named;
}

function inDays(days: number): Date {
  return new Date(Date.now() + days * DAY_MS);
}

export function readCertificate(files: { cert: string; key: string }): { cert: string; key: string } {
  return { cert: readFileSync(files.cert, 'utf8'), key: readFileSync(files.key, 'utf8') };
}

import type { WebEnv } from '../env.ts';
import { isLoopback } from '../http/source-address.ts';
import { ownCertificate, readCertificate } from './own-certificate.ts';

/**
 * Certificate and key that the operator gave, else ones of our own where others than this machine can come;
 * null: plain alone, on loopback.
 */
export function tlsOptions(env: WebEnv): { cert: string; key: string } | null {
  if (env.certificate !== null) return readCertificate(env.certificate);
  if (isLoopback(env.listen) || env.listen === 'localhost') return null;
  const any = env.listen === '0.0.0.0' || env.listen === '::';
  const names = new Set([urlName(env.url), 'localhost', '127.0.0.1', ...(any ? [] : [env.listen])]);
  const { caFile, ...own } = ownCertificate(env.secretsDirectory, [...names]);
  console.log(`TLS by this installation's own authority: trust ${caFile}`);
  return own;
}

function urlName(url: string): string {
  return new URL(url).hostname.replace(/^\[(.*)\]$/, '$1');
}

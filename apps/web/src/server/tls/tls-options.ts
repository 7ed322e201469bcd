import type { WebEnv } from '../env.ts';
import { isLoopback } from '../http/source-address.ts';
import { ownAuthority, ownCertificate, readCertificate } from './own-certificate.ts';

/**
 * Certificate and key that the operator gave, else ones of our own where others than this machine can come;
 * options null: plain alone, on loopback. `ca`: what others must be told to trust, where it is our own.
 */
export function tlsOptions(env: WebEnv): {
  options: { cert: string; key: string } | null;
  ca: string | null;
} {
  const { ca } = ownAuthority(env.secretsDirectory);
  if (env.certificate !== null) return { options: readCertificate(env.certificate), ca: null };
  if (isLoopback(env.listen) || env.listen === 'localhost') return { options: null, ca: null };
  const any = env.listen === '0.0.0.0' || env.listen === '::';
  const names = new Set([urlName(env.url), 'localhost', '127.0.0.1', ...(any ? [] : [env.listen])]);
  const { caFile, ...own } = ownCertificate(env.secretsDirectory, [...names]);
  console.log(`TLS by this installation's own authority: trust ${caFile}`);
  return { options: own, ca };
}

function urlName(url: string): string {
  return new URL(url).hostname.replace(/^\[(.*)\]$/, '$1');
}

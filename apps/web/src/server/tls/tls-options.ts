import { X509Certificate } from 'node:crypto';
import type { WebEnv } from '../env.ts';
import { isLoopback } from '../http/source-address.ts';
import { ownAuthority, ownCertificate, readCertificate } from './own-certificate.ts';

/**
 * Certificate and key that the operator gave, else ones of our own where others than this machine can come;
 * options null: plain alone, on loopback. `ca`: what others must be told to trust, where not everybody knows it.
 */
export function tlsOptions(env: WebEnv): {
  options: { cert: string; key: string } | null;
  ca: string | null;
} {
  const { ca } = ownAuthority(env.secretsDirectory);
  if (env.certificate !== null) {
    const options = readCertificate(env.certificate);
    return { options, ca: authorityIn(options.cert) };
  }
  if (isLoopback(env.listen) || env.listen === 'localhost') return { options: null, ca: null };
  const any = env.listen === '0.0.0.0' || env.listen === '::';
  const names = new Set([urlName(env.url), 'localhost', '127.0.0.1', ...(any ? [] : [env.listen])]);
  const { caFile, ...own } = ownCertificate(env.secretsDirectory, [...names]);
  console.log(`TLS by this installation's own authority: trust ${caFile}`);
  return { options: own, ca };
}

/** The authority in which the operator's file ends; none: one that everybody knows. */
function authorityIn(chain: string): string | null {
  const all = chain.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n?/g) ?? [];
  return all.find((pem) => signedByItself(new X509Certificate(pem))) ?? null;
}

const signedByItself = (certificate: X509Certificate) =>
  certificate.issuer === certificate.subject && certificate.verify(certificate.publicKey);

function urlName(url: string): string {
  return new URL(url).hostname.replace(/^\[(.*)\]$/, '$1');
}

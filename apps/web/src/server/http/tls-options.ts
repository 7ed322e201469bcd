import { readFileSync } from 'node:fs';
import type { ServerOptions } from 'node:https';
import type { WebEnv } from '../env.ts';

/** Certificate and key that the operator gave; null: plain, which is answered on loopback only. */
export async function tlsOptions(env: WebEnv): Promise<ServerOptions | null> {
  if (env.certificate === null) return null;
  return { cert: readFileSync(env.certificate.cert), key: readFileSync(env.certificate.key) };
}

import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fingerprintText, instanceOf } from '@cellblock/shared/agent-handshake';
import { writeDurably } from './durable-file.ts';

/** The host's identity: made here, never sent, never given to the dialer. */
export interface AgentKey {
  /** raw Ed25519 public key, base64 */
  publicKey: string;
  /** marks every kernel object of this agent */
  instance: string;
  fingerprint: string;
  /** Ed25519 signature, base64 */
  sign(message: Buffer): string;
}

/** The key of this data directory, made on first use. */
export async function loadAgentKey(dataDirectory: string): Promise<AgentKey> {
  const directory = join(dataDirectory, 'agent');
  const path = join(directory, 'key.pem');
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const pem = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (pem !== null) return agentKeyOf(createPrivateKey(pem));
  const { privateKey } = generateKeyPairSync('ed25519');
  await writeDurably(path, privateKey.export({ type: 'pkcs8', format: 'pem' }) as string, 0o600);
  return agentKeyOf(privateKey);
}

export function agentKeyOf(privateKey: KeyObject): AgentKey {
  const raw = createPublicKey(privateKey).export({ type: 'spki', format: 'der' }).subarray(-32);
  const hash = createHash('sha256').update(raw).digest('hex');
  return {
    publicKey: raw.toString('base64'),
    instance: instanceOf(hash),
    fingerprint: fingerprintText(hash),
    sign: (message) => sign(null, message, privateKey).toString('base64'),
  };
}

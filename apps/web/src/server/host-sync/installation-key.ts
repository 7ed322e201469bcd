import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from 'node:crypto';
import path from 'node:path';
import { secretFile } from '../secret-file.ts';

/** The dashboard's Ed25519 key: what agents pin when they enrol. */
export interface InstallationKey {
  /** raw public key, base64 */
  publicKey: string;
  /** SHA-256 of the raw public key, hex */
  hash: string;
  /** base64 */
  sign(data: Buffer): string;
}

/** Reads DATA/web/installation.key, or makes it. */
export function openInstallationKey(secretsDirectory: string): InstallationKey {
  const pem = secretFile(path.join(secretsDirectory, 'installation.key'), () =>
    generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  );
  const key = createPrivateKey(pem);
  const publicKey = rawPublicKey(createPublicKey(key));
  return {
    publicKey,
    hash: createHash('sha256').update(Buffer.from(publicKey, 'base64')).digest('hex'),
    sign: (data) => sign(null, data, key).toString('base64'),
  };
}

/** An Ed25519 public key without its DER envelope, base64. */
export function rawPublicKey(key: KeyObject): string {
  return Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url').toString('base64');
}

/** The key behind 32 raw bytes in base64; null when it is none. */
export function publicKeyOfRaw(raw: string): KeyObject | null {
  const bytes = Buffer.from(raw, 'base64');
  if (bytes.length !== 32 || bytes.toString('base64') !== raw) return null;
  return createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: bytes.toString('base64url') },
    format: 'jwk',
  });
}

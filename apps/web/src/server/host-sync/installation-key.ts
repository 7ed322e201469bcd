import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { installationKeyRefusal } from '@cellblock/shared/installation-key-rule';
import type { Db } from '../db.ts';
import { secretFile } from '../secret-file.ts';

/** The dashboard's Ed25519 key: what agents pin when they enrol. */
export interface InstallationKey {
  /** raw public key, base64 */
  publicKey: string;
  /** SHA-256 of the raw public key, hex */
  hash: string;
  /** base64 */
  sign(data: Buffer): string;
  /** whether it was signed with this key, here or at another dashboard of the installation */
  verify(data: Buffer, signature: Buffer): boolean;
}

const keyFile = (secretsDirectory: string) => path.join(secretsDirectory, 'installation.key');

/**
 * The key in DATA/web, held to the database: an installation has one key for ever, however many dashboards.
 * It is made by the first dashboard of a new database; any other is given it.
 */
export async function openInstallationKey(db: Db, secretsDirectory: string): Promise<InstallationKey> {
  const made = !existsSync(keyFile(secretsDirectory));
  const hold = async (mine: string | null) => {
    const { keyHash } = await db.installation.findFirstOrThrow();
    const refusal = installationKeyRefusal(keyHash, mine);
    if (refusal !== null) throw refusal;
  };
  if (made) await hold(null);
  const key = readKey(secretsDirectory);
  await db.installation.updateMany({ where: { keyHash: null }, data: { keyHash: key.hash } });
  try {
    await hold(key.hash);
  } catch (error) {
    if (!made) throw error;
    // Two dashboards began at once on a new database, and the other one was first: this key was never used.
    rmSync(keyFile(secretsDirectory), { force: true });
    await hold(null);
  }
  return key;
}

function readKey(secretsDirectory: string): InstallationKey {
  const pem = secretFile(keyFile(secretsDirectory), () =>
    generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  );
  const key = createPrivateKey(pem);
  const publicKey = rawPublicKey(createPublicKey(key));
  return {
    publicKey,
    hash: createHash('sha256').update(Buffer.from(publicKey, 'base64')).digest('hex'),
    sign: (data) => sign(null, data, key).toString('base64'),
    verify: (data, signature) => verify(null, data, createPublicKey(key), signature),
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

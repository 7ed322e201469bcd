import { createHash, randomBytes } from 'node:crypto';

/** 192 random bits, and the hash that is stored in their place. `prefix` tells people what they hold: `cb_`. */
export function newSecret(prefix = ''): { secret: string; hash: string } {
  const secret = `${prefix}${randomBytes(24).toString('base64url')}`;
  return { secret, hash: hashOfSecret(secret) };
}

/** SHA-256, hex. Nothing slower is needed: nobody guesses 192 random bits. */
export function hashOfSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

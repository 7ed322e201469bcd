import {
  createHash,
  createHmac,
  createPublicKey,
  createSecretKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
  timingSafeEqual,
} from 'node:crypto';

/** One side's X25519 key for one connection; it is never stored. `publicKey`: raw, base64. */
export interface ExchangeKey {
  publicKey: string;
  privateKey: KeyObject;
}

export function newExchangeKey(): ExchangeKey {
  const { publicKey, privateKey } = generateKeyPairSync('x25519');
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  return { publicKey: raw.toString('base64'), privateKey };
}

export type Side = 'agent' | 'dashboard';

/**
 * The keys of both directions, 32 bytes each, from what only the two ends of the handshake can compute.
 * `transcript` is what both have signed: with another one there are other keys.
 */
export function frameKeys(mine: ExchangeKey, theirs: string, transcript: Buffer): Record<Side, Buffer> {
  const x = Buffer.from(theirs, 'base64').toString('base64url');
  const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x }, format: 'jwk' });
  const secret = diffieHellman({ privateKey: mine.privateKey, publicKey });
  const salt = createHash('sha256').update(transcript).digest();
  const key = (by: Side) => Buffer.from(hkdfSync('sha256', secret, salt, `cellblock/v2 frames of ${by}`, 32));
  return { agent: key('agent'), dashboard: key('dashboard') };
}

/** Characters of a MAC at the head of a frame: HMAC-SHA256, base64url. */
const MAC_LENGTH = 43;

/** One direction of a connection. A frame's number is in its MAC and not in the frame: both sides count. */
export class FrameSeal {
  readonly #key: KeyObject;
  #number = 0;

  constructor(key: Buffer) {
    // Once a connection: bytes would be made a key anew for each frame, which takes longer than its MAC.
    this.#key = createSecretKey(key);
  }

  /** number of the frame that comes next, from 0 */
  get number(): number {
    return this.#number;
  }

  seal(text: string): string {
    return this.#mac(text) + text;
  }

  /** The frame without its MAC; null: it is not the frame that was sent at this place. */
  open(frame: Buffer): Buffer | null {
    const given = frame.subarray(0, MAC_LENGTH);
    const body = frame.subarray(MAC_LENGTH);
    const expected = Buffer.from(this.#mac(body), 'latin1');
    return given.length === MAC_LENGTH && timingSafeEqual(given, expected) ? body : null;
  }

  #mac(body: string | Buffer): string {
    const number = Buffer.alloc(8);
    number.writeBigUInt64BE(BigInt(this.#number++));
    const hmac = createHmac('sha256', this.#key).update(number);
    return (typeof body === 'string' ? hmac.update(body, 'utf8') : hmac.update(body)).digest('base64url');
  }
}

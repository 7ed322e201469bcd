import { createHash } from 'node:crypto';

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

/** Short word that stands for an object in paths and kernel names: base32 of a hash of its id. */
export function objectKey(id: string, length: 6 | 8): string {
  const digest = createHash('sha256').update(id).digest();
  return [...digest.subarray(0, length)].map((byte) => BASE32[byte & 31]).join('');
}

/** A stable, locally administered MAC for an interface. */
export function interfaceMac(id: string): string {
  const digest = createHash('sha256').update(`mac ${id}`).digest();
  return ['02', ...[...digest.subarray(0, 5)].map((byte) => byte.toString(16).padStart(2, '0'))].join(':');
}

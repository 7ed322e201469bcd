import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';
import type { SpecKey, SpecObject } from './host-spec.ts';

/** SHA-256, hex, over the sorted lines `key hash(JCS(object))`: both sides must hold the same spec. */
export function specDigest(objects: ReadonlyMap<SpecKey, SpecObject>): string {
  const lines = [...objects].map(([key, object]) => `${key} ${sha256(canonicalJson(object))}\n`).sort();
  return sha256(lines.join(''));
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

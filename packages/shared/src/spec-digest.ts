import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';
import type { SpecKey, SpecObject } from './host-spec.ts';
import { withoutWhatSaysNothing } from './later-settings.ts';

/**
 * SHA-256, hex, over the sorted lines `key hash(JCS(object))`: both sides must hold the same spec. What says
 * nothing is left out, so that an agent or a dashboard of an earlier build, which has no such field, agrees.
 */
export function specDigest(objects: ReadonlyMap<SpecKey, SpecObject>): string {
  const lines = [...objects].map(([key, object]) => `${key} ${sha256(canonicalJson(digested(object)))}\n`);
  return sha256(lines.sort().join(''));
}

function digested(object: SpecObject): object {
  if (object.kind !== 'jail') return object;
  return { ...object, settings: withoutWhatSaysNothing(object.settings) };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

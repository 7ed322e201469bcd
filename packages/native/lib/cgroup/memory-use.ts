import { keyedNumber, readGroupFile } from './group-files.ts';
import type { Place } from './place.ts';

/** Bytes that a group holds, the cache of its files too. */
export function usedMemory({ group, version }: Place): number | null {
  const text = readGroupFile(group, version === 1 ? 'memory.usage_in_bytes' : 'memory.current');
  return text === null ? null : Number(text);
}

/** Bytes of it that cannot be given back. The cache of files is what the kernel drops before it refuses or kills;
 *  tmpfs is not among it. */
export function neededMemory(place: Place): number | null {
  const used = usedMemory(place);
  const stat = readGroupFile(place.group, 'memory.stat');
  if (used === null || stat === null) return used;
  const of = (key: string) => keyedNumber(stat, place.version === 1 ? `total_${key}` : key) ?? 0;
  const slab = place.version === 2 ? (keyedNumber(stat, 'slab_reclaimable') ?? 0) : 0;
  return Math.max(0, used - of('inactive_file') - of('active_file') - slab);
}

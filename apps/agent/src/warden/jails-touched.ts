import { isDeepStrictEqual } from 'node:util';
import { type HostSpec, jailsOf } from '@cellblock/shared/host-spec';

/** Keys of the jails that a change of the spec is about; null: it may be about any of them. */
export function jailsTouched(before: HostSpec | null, after: HostSpec | null): string[] | null {
  if (!before || !after) return null;
  const ids = new Set<string>();
  for (const key of new Set([...before.objects.keys(), ...after.objects.keys()])) {
    const [was, is] = [before.objects.get(key), after.objects.get(key)];
    if (isDeepStrictEqual(was, is)) continue;
    for (const object of [was, is]) {
      if (object?.kind === 'network') return null;
      if (object) ids.add(object.kind === 'jail' ? object.id : object.jail);
    }
  }
  const jails = [...jailsOf(before), ...jailsOf(after)];
  return [...new Set(jails.filter(({ id }) => ids.has(id)).map(({ key }) => key))];
}

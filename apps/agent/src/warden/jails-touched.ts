import { isDeepStrictEqual } from 'node:util';
import type { HostSpec, SpecKey } from '@cellblock/shared/host-spec';

/** Keys of the jails that a change of the spec is about; null: it may be about any of them. `changed`: the only
 *  objects that can differ. */
export function jailsTouched(
  before: HostSpec | null,
  after: HostSpec | null,
  changed?: readonly SpecKey[],
): string[] | null {
  if (!before || !after) return null;
  const ids = new Set<string>();
  for (const key of changed ?? new Set([...before.objects.keys(), ...after.objects.keys()])) {
    const [was, is] = [before.objects.get(key), after.objects.get(key)];
    if (isDeepStrictEqual(was, is)) continue;
    for (const object of [was, is]) {
      if (object?.kind === 'network') return null;
      if (object) ids.add(object.kind === 'jail' ? object.id : object.jail);
    }
  }
  const keys = [...ids].flatMap((id) =>
    [before, after].flatMap(({ objects }) => {
      const jail = objects.get(`jail/${id}`);
      return jail?.kind === 'jail' ? [jail.key] : [];
    }),
  );
  return [...new Set(keys)];
}

import { isDeepStrictEqual } from 'node:util';
import { type JailSpec, jailsOf, type SpecObject } from '@cellblock/shared/host-spec';
import type { AcceptedSpec } from './accepted-spec.ts';

type Wanted = Pick<AcceptedSpec, 'spec' | 'frozen'>;

/** Keys of the jails of which something else is wanted after than before: of themselves, an address of theirs or
 *  a network that they are on. */
export function jailsMoved(before: Wanted, after: Wanted): Set<string> {
  const moved = new Set<string>();
  for (const key of new Set([...before.spec.objects.keys(), ...after.spec.objects.keys()])) {
    const [was, is] = [before.spec.objects.get(key), after.spec.objects.get(key)];
    if (before.frozen.has(key) === after.frozen.has(key) && isDeepStrictEqual(was, is)) continue;
    for (const object of [was, is]) if (object) moved.add(aboutOf(object));
  }
  const isMoved = (jail: JailSpec) =>
    moved.has(jail.id) || jail.interfaces.some((inside) => moved.has(inside.network));
  const jails = moved.size === 0 ? [] : [...jailsOf(before.spec), ...jailsOf(after.spec)];
  return new Set(jails.filter(isMoved).map(({ key }) => key));
}

/** Id of the jail or network. */
function aboutOf(object: SpecObject): string {
  return object.kind === 'address' ? object.jail : object.id;
}

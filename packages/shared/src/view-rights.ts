import type { Bounds } from './bounds.ts';
import { isPathAtOrBelow } from './path-below.ts';
import type { ViewMount } from './view-mount.ts';

export type ViewPrefix = Bounds['viewPrefixes'][number];

/** What a mount of a view asks of the host's bounds, for each path of the host that it shows. */
export interface ViewRight {
  /** path of the field below `view.N`: `source`, `lower.0` */
  field: string;
  path: string;
  writable: boolean;
  idmapped: boolean;
}

/** Whether uid N in the jail is uid N on disk: a writable bind is idmapped unless it says otherwise. */
export function isIdmapped(mount: Extract<ViewMount, { kind: 'bind' }>): boolean {
  return mount.idmapped ?? !mount.readOnly;
}

/** The paths of the host that a mount shows, and how. An overlay's lower layers are idmapped and never written;
 *  a shared bind lets mounts of the jail appear on the host, which is as good as writing there. */
export function viewRights(mount: ViewMount): ViewRight[] {
  if (mount.kind === 'bind') {
    const writable = !mount.readOnly || mount.propagation === 'shared';
    return [{ field: 'source', path: mount.source, writable, idmapped: isIdmapped(mount) }];
  }
  if (mount.kind !== 'overlay') return [];
  return mount.lower.map((path, index) => ({
    field: `lower.${index}`,
    path,
    writable: false,
    idmapped: true,
  }));
}

/** The bounds' prefix that decides about a path: the longest that it is or lies below; null: there is none. */
export function viewPrefixOf(path: string, prefixes: readonly ViewPrefix[]): ViewPrefix | null {
  const above = prefixes.filter((prefix) => isPathAtOrBelow(path, prefix.path));
  return above.sort((a, b) => b.path.length - a.path.length)[0] ?? null;
}

/** What the bounds lack for a mount to show a path so; null: nothing. `idmapped` comes with `writable`. */
export function viewRightLacks(
  right: ViewRight,
  prefixes: readonly ViewPrefix[],
): 'prefix' | 'writable' | 'idmapped' | null {
  const prefix = viewPrefixOf(right.path, prefixes);
  if (prefix === null) return 'prefix';
  if (right.writable && !prefix.writable) return 'writable';
  return right.idmapped && !prefix.writable && !prefix.idmapped ? 'idmapped' : null;
}

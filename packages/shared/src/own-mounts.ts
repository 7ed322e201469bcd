import type { JailRoot, JailSettings } from './jail-spec.ts';
import { isPathAtOrBelow } from './path-below.ts';

/** No user makes a name of dots alone at a jail's root: this one is covered before the start (requirement C30). */
export const RESERVED_PLACE = '/...';
/** What every jail gets from spawn, whatever its root is. */
export const KERNEL_MOUNTS = [RESERVED_PLACE, '/dev', '/dev/pts', '/dev/shm', '/dev/mqueue', '/proc'];
/** Links into /usr that a host-usr root has where the host has them. */
export const USR_LINKS = ['bin', 'sbin', 'lib', 'lib64', 'lib32', 'libx32'];
/** Directories of a host-usr jail's own storage. */
export const OWN_DIRECTORIES = ['etc', 'var', 'root', 'home'];
/** Where a jail finds the processes of other jails that it may see (requirement H8); read only, and empty without. */
export const SEEN_JAILS = '/run/cellblock/see';
/** Files that are made anew at every start. */
export const ETC_FILES = ['/etc/hostname', '/etc/hosts', '/etc/resolv.conf'];

export interface OwnMount {
  kind: 'storage' | 'tmpfs' | 'file' | 'seen';
  target: string;
}

/**
 * What the agent mounts on top of a root by itself, in order: storage, scratch, and the files of /etc. What a
 * view puts elsewhere at or above one of these takes its place, so that nothing is hidden below another mount.
 */
export function ownMounts(settings: Pick<JailSettings, 'root' | 'view'>): OwnMount[] {
  const targets = settings.view.map(({ target }) => target);
  return ofRoot(settings.root).filter(
    ({ target }) => !targets.some((above) => isPathAtOrBelow(target, above)),
  );
}

function ofRoot(root: JailRoot): OwnMount[] {
  // Nothing but what is declared (requirement M3).
  if (root.kind === 'view') return [];
  const storage =
    root.kind === 'host-usr'
      ? OWN_DIRECTORIES.map((name) => ({ kind: 'storage' as const, target: `/${name}` }))
      : [];
  const scratch = ['/tmp', '/run'].map((target) => ({ kind: 'tmpfs' as const, target }));
  const seen = { kind: 'seen' as const, target: SEEN_JAILS };
  return [...storage, ...scratch, seen, ...ETC_FILES.map((target) => ({ kind: 'file' as const, target }))];
}

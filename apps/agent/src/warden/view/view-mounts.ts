import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { HostPathBelow, MountFlags, TreeMount } from '@cellblock/native/process-tree';
import { relativeTo } from '@cellblock/shared/path-below';
import type { ViewMount } from '@cellblock/shared/view-mount';
import { isIdmapped, type ViewPrefix, viewPrefixOf } from '@cellblock/shared/view-rights';

/**
 * The mounts of a view as `spawn` makes them, in the order given. What a jail changes in an overlay is kept in
 * `overlays`, a directory of its own storage.
 */
export async function viewMounts(
  view: readonly ViewMount[],
  o: { prefixes: readonly ViewPrefix[]; overlays: string },
): Promise<TreeMount[]> {
  return await Promise.all(view.map((mount) => viewMount(mount, o)));
}

async function viewMount(
  mount: ViewMount,
  o: { prefixes: readonly ViewPrefix[]; overlays: string },
): Promise<TreeMount> {
  const { target } = mount;
  switch (mount.kind) {
    case 'bind':
      return {
        kind: 'bind',
        target,
        source: belowPrefix(mount.source, o.prefixes),
        idmapped: isIdmapped(mount),
        propagation: mount.propagation,
        ...flagsOf(mount, mount.readOnly),
      };
    case 'overlay': {
      const layers = join(o.overlays, overlayName(target));
      const [upper, work] = [join(layers, 'upper'), join(layers, 'work')];
      for (const each of [upper, work]) await mkdir(each, { recursive: true, mode: 0o755 });
      return {
        kind: 'overlay',
        target,
        lowers: mount.lower.map((path) => belowPrefix(path, o.prefixes)),
        upper,
        work,
        ...flagsOf(mount, mount.readOnly),
      };
    }
    case 'tmpfs':
      return {
        kind: 'tmpfs',
        target,
        size: String(mount.size),
        mode: mount.mode,
        ...(mount.inodes === null ? {} : { inodes: mount.inodes }),
        ...flagsOf(mount, false),
      };
    default:
      return { kind: mount.kind, target };
  }
}

/** By its place, so that what was written stays with it when others are put before it. */
export function overlayName(target: string): string {
  return createHash('sha256').update(target).digest('hex').slice(0, 16);
}

function flagsOf(mount: Omit<MountFlags, 'readOnly'>, readOnly: boolean): MountFlags {
  const { nosuid, nodev, noexec, nosymfollow } = mount;
  return { readOnly, nosuid, nodev, noexec, nosymfollow };
}

/** The bounds were asked before: without a prefix there is nothing that could be opened. */
function belowPrefix(path: string, prefixes: readonly ViewPrefix[]): HostPathBelow {
  const prefix = viewPrefixOf(path, prefixes)?.path ?? path;
  return { prefix: prefix === '/' ? prefix : prefix.replace(/\/+$/, ''), path: relativeTo(path, prefix) };
}

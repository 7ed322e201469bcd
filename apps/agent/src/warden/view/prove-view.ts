import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@cellblock/shared/app-error';
import type { JailSpec } from '@cellblock/shared/host-spec';
import { SEEN_JAILS } from '@cellblock/shared/own-mounts';
import { isPathAtOrBelow, relativeTo } from '@cellblock/shared/path-below';
import { PROFILES } from '@cellblock/shared/profile-rules';
import {
  compareView,
  type HostPlace,
  type SeenMount,
  type ViewProof,
  viewHolds,
} from '@cellblock/shared/view-proof';
import { type ViewEntry, viewTree } from '@cellblock/shared/view-tree';
import { jailPaths } from '../paths.ts';
import type { Warden } from '../warden.ts';
import { parseMountTable } from './mount-table.ts';

/** Compares what a jail that runs was to see with the table of mounts that its first process has. */
export async function proveView(warden: Pick<Warden, 'host'>, jail: JailSpec): Promise<ViewProof> {
  const { host } = warden;
  const status = await host.trees.status({ runDirectory: jailPaths(host.paths, jail.key).run });
  const pid = status?.state === 'running' ? status.init?.pid : undefined;
  if (pid === undefined) {
    throw new AppError('conflict', `Jail ${jail.name} does not run.`, {
      field: 'jail',
      cause: 'What a jail sees is made as it starts, and goes with its last process.',
      fix: `cellblock start ${jail.name}`,
    });
  }
  const { settings } = jail;
  const own = ownPlace(warden, jail);
  const onHost = parseMountTable(readFileSync('/proc/self/mountinfo', 'utf8'));
  const rows = compareView({
    declared: viewTree(settings).mounts,
    seen: parseMountTable(readFileSync(`/proc/${pid}/mountinfo`, 'utf8')),
    has: existsSync,
    placeOf: (entry) => placeOf(own(entry), onHost),
    mayMount: PROFILES[settings.profile].mounts,
  });
  return { at: host.now().toISOString(), pid, holds: viewHolds(rows), rows };
}

/** Where on the host that lies which the agent keeps for the jail. */
function ownPlace(
  { host }: Pick<Warden, 'host'>,
  { key, settings }: JailSpec,
): (entry: ViewEntry) => string | null {
  const { storage, ephemeral, seen } = jailPaths(host.paths, key);
  const { root } = settings;
  return ({ kind, path, source }) => {
    if (path === SEEN_JAILS) return seen;
    if (kind === 'storage')
      return join(root.kind === 'host-usr' && root.ephemeral ? ephemeral : storage, path);
    if (kind === 'directory' && root.kind === 'tar') return join(storage, 'root');
    return source;
  };
}

/** By the host's own table of mounts, so that nothing of the jail is opened or followed. */
function placeOf(path: string | null, onHost: readonly SeenMount[]): HostPlace | null {
  if (path === null) return null;
  const mount = onHost.findLast((each) => isPathAtOrBelow(path, each.path));
  if (!mount) return null;
  const below = relativeTo(path, mount.path);
  const root = below === '' ? mount.root : join(mount.root, below);
  return { device: mount.device, root, flags: mount.flags };
}

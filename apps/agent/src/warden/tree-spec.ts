import { mkdirSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { TreeMount, TreeRoot, TreeSpec } from '@cellblock/native/process-tree';
import { AppError } from '@cellblock/shared/app-error';
import { addressesOf, type JailSpec } from '@cellblock/shared/host-spec';
import { ownMounts } from '@cellblock/shared/own-mounts';
import { cgroupName, netnsPath } from '@cellblock/shared/owned-names';
import type { Profile } from '@cellblock/shared/profile';
import { PROFILES } from '@cellblock/shared/profile-rules';
import { etcFiles } from './etc/etc-files.ts';
import { upstreamNameServers } from './etc/etc-template.ts';
import { imageRoot } from './images/image-store.ts';
import { jailPaths } from './paths.ts';
import { unpackedRoot } from './root/tar-root.ts';
import { freshEphemeral, furnish } from './storage.ts';
import { refuseView } from './view/refuse-view.ts';
import { viewMounts } from './view/view-mounts.ts';
import type { WardenHost } from './warden-host.ts';

export const DEFAULT_ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
  USER: 'root',
  LANG: 'C.UTF-8',
  container: 'cellblock',
};

const CONSOLE_BYTES = 1024 * 1024;
const SCRATCH_SIZE = '50%';
const EPHEMERAL_SIZE = '50%';
/** An empty file of a tmpfs takes a good kilobyte of the jail's memory; this many take a quarter of it. */
const INODE_BYTES = 8192;
const LEAST_INODES = 1024;

/** The jail as `spawn` builds it; its storage is furnished, or its tarball unpacked, on the way. */
export async function treeSpec(host: WardenHost, spec: JailSpec, idBase: number): Promise<TreeSpec> {
  const { run } = jailPaths(host.paths, spec.key);
  mkdirSync(run, { recursive: true, mode: 0o700 });
  const common = {
    hostname: spec.settings.hostname,
    idBase,
    idCount: 65_536 as const,
    netns: netnsPath(host.instance, spec.key),
    cgroupProcsFiles: await host.kernel.cgroupProcsFiles({ name: cgroupName(host.instance, spec.key) }),
    environment: { ...DEFAULT_ENVIRONMENT, ...spec.settings.environment },
    uid: 0,
    gid: 0,
    ...confinementOf(spec.settings.profile),
    resourceLimits: spec.settings.resourceLimits,
    devices: spec.settings.devices,
    keeperUid: host.keeper.uid,
    keeperGid: host.keeper.gid,
    consoleBytes: CONSOLE_BYTES,
  };
  const { root, mounts } = await treeRoot(host, spec, common);
  return { ...common, runDirectory: run, root, mounts, command: spec.settings.command };
}

function confinementOf(profile: Profile): Pick<TreeSpec, 'capabilities' | 'confinement'> {
  const { capabilities, noNewPrivileges, chroot, proc, mounts } = PROFILES[profile];
  return { capabilities: [...capabilities], confinement: { noNewPrivileges, chroot, proc, mounts } };
}

async function treeRoot(
  host: WardenHost,
  spec: JailSpec,
  tree: Omit<TreeSpec, 'runDirectory' | 'root' | 'mounts' | 'command'>,
): Promise<{ root: TreeRoot; mounts: TreeMount[] }> {
  const { root, readOnly } = spec.settings;
  const paths = jailPaths(host.paths, spec.key);
  await mustShow(host, spec);
  const own = root.kind === 'host-usr' ? await ownStorage(host, spec.key, root.ephemeral) : paths.storage;
  const view = await viewMounts(spec.settings.view, {
    prefixes: host.mayShow().viewPrefixes,
    overlays: join(own, 'overlays'),
  });
  await mkdir(paths.seen, { recursive: true, mode: 0o755 });
  const files = new Map((await etcMounts(host, spec)).map((file) => [file.target, file]));
  const ours = ownMounts(spec.settings).map(({ kind, target }): TreeMount => {
    if (kind === 'tmpfs')
      return {
        kind,
        target,
        ...scratchSize(spec.settings.limits.memory),
        mode: target === '/tmp' ? '1777' : '0755',
      };
    if (kind === 'seen') return { kind: 'storage', path: paths.seen, target, readOnly: true };
    if (kind === 'storage') return { kind, path: join(own, target), target, ...(readOnly && { readOnly }) };
    return files.get(target) ?? { kind, target, content: '' };
  });
  const mounts = [...ours, ...view];
  switch (root.kind) {
    case 'host-usr':
    case 'view':
      return { root: { kind: root.kind }, mounts };
    case 'dir':
      return { root: { kind: 'directory', path: root.path, readOnly }, mounts };
    case 'tar': {
      const path = await unpackedRoot(host, { jailKey: spec.key, tarball: root.path, tree });
      return { root: { kind: 'directory', path, readOnly }, mounts };
    }
    case 'image': {
      const overlay = await overlayOn(await imageRoot(host, root.digest), paths.storage);
      return { root: { kind: 'overlay', ...overlay, readOnly }, mounts };
    }
  }
}

/** Half of what the jail may use: whoever fills it is told that there is no space, and no program of the jail has to be
 *  killed for its memory. Without a limit half of the host's, as the kernel has it. */
function scratchSize(memory: number | null): { size: string; inodes?: number } {
  if (memory === null) return { size: SCRATCH_SIZE };
  return {
    size: String(Math.floor(memory / 2)),
    inodes: Math.max(LEAST_INODES, Math.floor(memory / INODE_BYTES)),
  };
}

async function ownStorage(host: WardenHost, jailKey: string, ephemeral: boolean): Promise<string> {
  const { storage } = jailPaths(host.paths, jailKey);
  const own = ephemeral ? await freshEphemeral(host, jailKey, EPHEMERAL_SIZE) : storage;
  await furnish(host, own);
  return own;
}

/** Once more than at the last pass: what a path of the host leads to may be another thing by now. */
async function mustShow(host: WardenHost, { settings }: JailSpec): Promise<void> {
  const refusal = await refuseView(settings, { bounds: host.mayShow(), dataDirectory: host.paths.data });
  if (refusal === null) return;
  throw new AppError('denied', `${refusal.message}.`, {
    field: refusal.field,
    cause: `It is how this host is now, as it was looked at for the start (rule ${refusal.rule}).`,
    fix: refusal.fix,
  });
}

/** What a jail changes of its image lies in its own storage, and goes with it. */
async function overlayOn(lower: string, storage: string) {
  const upper = join(storage, 'upper');
  const work = join(storage, 'work');
  for (const path of [upper, work]) await mkdir(path, { recursive: true, mode: 0o755 });
  return { lowers: [lower], upper, work };
}

async function etcMounts(host: WardenHost, spec: JailSpec): Promise<TreeMount[]> {
  const addresses = addressesOf(host.spec())
    .filter((address) => address.jail === spec.id && address.wanted === 'present')
    .map((address) => address.address);
  const upstream = upstreamNameServers();
  return etcFiles({ settings: spec.settings, upstream, addresses }).map((file) => ({
    kind: 'file' as const,
    ...file,
  }));
}

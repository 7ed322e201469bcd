import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TreeMount, TreeRoot, TreeSpec } from '@cellblock/native/process-tree';
import { AppError } from '@cellblock/shared/app-error';
import { addressesOf, type JailSpec } from '@cellblock/shared/host-spec';
import type { JailRoot } from '@cellblock/shared/jail-spec';
import { cgroupName, netnsPath } from '@cellblock/shared/owned-names';
import { PROFILES, type Profile } from '@cellblock/shared/profile';
import { rootName } from '@cellblock/shared/root-name';
import { etcFiles } from './etc/etc-files.ts';
import { upstreamNameServers } from './etc/etc-template.ts';
import { jailPaths } from './paths.ts';
import { unpackedRoot } from './root/tar-root.ts';
import { freshEphemeral, furnish } from './storage.ts';
import type { WardenHost } from './warden-host.ts';

export const DEFAULT_ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
  USER: 'root',
  LANG: 'C.UTF-8',
  container: 'cellblock',
};

const CONSOLE_BYTES = 1024 * 1024;
const TMP_SIZE = '50%';
const EPHEMERAL_SIZE = '50%';
const OWN = ['etc', 'var', 'root', 'home'];

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
  const { storage } = jailPaths(host.paths, spec.key);
  const files = await etcMounts(host, spec);
  const temporary: TreeMount[] = [
    { kind: 'tmpfs', target: '/tmp', size: TMP_SIZE, mode: '1777' },
    { kind: 'tmpfs', target: '/run', size: TMP_SIZE, mode: '0755' },
  ];
  if (root.kind === 'dir') {
    return { root: { kind: 'directory', path: root.path, readOnly }, mounts: [...temporary, ...files] };
  }
  if (root.kind === 'tar') {
    const path = await unpackedRoot(host, { jailKey: spec.key, tarball: root.path, tree });
    return { root: { kind: 'directory', path, readOnly }, mounts: [...temporary, ...files] };
  }
  if (root.kind !== 'host-usr') throw rootNotThere(root);
  const own = root.ephemeral ? await freshEphemeral(host, spec.key, EPHEMERAL_SIZE) : storage;
  await furnish(host, own);
  const mounts = OWN.map(
    (name): TreeMount => ({
      kind: 'storage',
      path: join(own, name),
      target: `/${name}`,
      ...(readOnly ? { readOnly: true } : {}),
    }),
  );
  return { root: { kind: 'host-usr' }, mounts: [...mounts, ...temporary, ...files] };
}

function rootNotThere(root: JailRoot): AppError {
  return new AppError('invalid', `This host cannot make the root ${rootName(root)}.`, {
    field: 'settings.root',
    cause: `This version of the agent (see: cellblock host ls) does not know roots of the kind ${root.kind}.`,
    fix: 'Use another root: --root host-usr, dir:PATH or tar:PATH',
  });
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

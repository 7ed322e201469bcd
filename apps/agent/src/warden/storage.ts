import { chmodSync, mkdirSync } from 'node:fs';
import { chmod, mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isKernelError } from '@cellblock/native/kernel-error';
import { makePrivateDirectory } from './durable-file.ts';
import { fileStorageOf, mountFileStorage, unmountFileStorage } from './file-storage.ts';
import { isClosed, storageIsSafe } from './observe/observe-storage.ts';
import { jailPaths } from './paths.ts';
import { boundedStorageOf, boundStorage, mustCountProjects, unboundStorage } from './project-storage.ts';
import { removeTree } from './remove-tree.ts';
import type { WardenHost } from './warden-host.ts';

/** Directories of a `host-usr` jail that it may write, as they are on a fresh Debian. */
const OWN_DIRECTORIES: readonly { name: string; mode: number }[] = [
  { name: 'var', mode: 0o755 },
  { name: 'var/cache', mode: 0o755 },
  { name: 'var/lib', mode: 0o755 },
  { name: 'var/log', mode: 0o755 },
  { name: 'var/mail', mode: 0o2775 },
  { name: 'var/opt', mode: 0o755 },
  { name: 'var/spool', mode: 0o755 },
  { name: 'var/tmp', mode: 0o1777 },
  { name: 'root', mode: 0o700 },
  { name: 'home', mode: 0o755 },
];

/** The mount that keeps the host from honouring setuid files and devices of jails (finding F3). */
export async function closeStorage(host: WardenHost): Promise<void> {
  const { agent, jails, images } = host.paths;
  await makePrivateDirectory(agent);
  await chmod(agent, 0o700);
  for (const place of [jails, images]) {
    await makePrivateDirectory(place);
    if (await isClosed(host, place)) continue;
    await host.kernel.bindMount({ source: place, target: place, nosuid: true, nodev: true });
  }
}

export async function openStorage(host: WardenHost): Promise<void> {
  for (const place of [host.paths.jails, host.paths.images]) {
    for (const mount of (await host.kernel.listMounts({ under: place })).toReversed()) {
      await host.kernel.unmount({ target: mount.target }).catch((error: unknown) => {
        // Closed once more, it was mounted on itself: where mounts are shared a copy came, and goes, with it.
        if (!isKernelError(error, 'EINVAL')) throw error;
      });
    }
  }
}

export async function createStorage(host: WardenHost, jailKey: string): Promise<void> {
  const bounded = boundedStorageOf(host, jailKey);
  if (bounded) await mustCountProjects(host, jailKey);
  if (!(await storageIsSafe(host))) await closeStorage(host);
  const { directory, storage, run } = jailPaths(host.paths, jailKey);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  chmodSync(directory, 0o700);
  globalThis.crashHere?.('warden made a directory for a jail');
  mkdirSync(run, { recursive: true, mode: 0o700 });
  mkdirSync(storage, { recursive: true, mode: 0o755 });
  const own = fileStorageOf(host, jailKey);
  if (own) await mountFileStorage(host, jailKey, own);
  if (bounded) await boundStorage(host, jailKey, bounded);
}

/** Fills the own directories of a `host-usr` jail, once: afterwards every name in them is the jail's. */
export async function furnish(host: WardenHost, directory: string): Promise<void> {
  const done = join(directory, 'home');
  if (await stat(done).catch(() => null)) return;
  // /home is made last, and so tells a finished set from one that a crash cut short.
  await rm(join(directory, 'etc'), { recursive: true, force: true });
  await host.etc.copyTo(join(directory, 'etc'));
  globalThis.crashHere?.('warden copied etc');
  for (const { name, mode } of OWN_DIRECTORIES) {
    await mkdir(join(directory, name), { recursive: true });
    await chmod(join(directory, name), mode);
  }
}

export async function removeStorage(host: WardenHost, jailKey: string): Promise<void> {
  const { directory, gone } = jailPaths(host.paths, jailKey);
  await dropEphemeral(host, jailKey);
  await unmountFileStorage(host, jailKey);
  await unboundStorage(host, jailKey);
  // One rename puts it aside: what is left when this is cut short or refused is nobody's half storage, and is
  // removed later.
  if (!(await putAside(directory, gone))) {
    await removeTree(gone);
    await putAside(directory, gone);
  }
  globalThis.crashHere?.('warden put storage aside');
  await removeTree(gone);
}

/** False: an earlier removal was cut short, and what it left stands in the way. */
async function putAside(directory: string, gone: string): Promise<boolean> {
  try {
    await rename(directory, gone);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return false;
    if (code !== 'ENOENT') throw error;
  }
  return true;
}

/** An empty tmpfs for a jail that keeps nothing; what an earlier run left goes with its mount. */
export async function freshEphemeral(host: WardenHost, jailKey: string, size: string): Promise<string> {
  const { ephemeral } = jailPaths(host.paths, jailKey);
  await dropEphemeral(host, jailKey);
  await mkdir(ephemeral, { recursive: true, mode: 0o700 });
  await host.kernel.mountTmpfs({ target: ephemeral, size, mode: '0755' });
  await furnish(host, ephemeral);
  return ephemeral;
}

export async function dropEphemeral(host: WardenHost, jailKey: string): Promise<void> {
  const { ephemeral } = jailPaths(host.paths, jailKey);
  // The list of all mounts is long where there are many jails, and most jails never had one here.
  if (!(await stat(ephemeral).catch(() => null))) return;
  for (const mount of (await host.kernel.listMounts({ under: ephemeral })).toReversed()) {
    await host.kernel.unmount({ target: mount.target });
  }
}

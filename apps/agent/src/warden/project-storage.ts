import { readdir } from 'node:fs/promises';
import type { ProjectQuota } from '@cellblock/native/kernel';
import { isKernelError, KernelError } from '@cellblock/native/kernel-error';
import { jailsOf } from '@cellblock/shared/host-spec';
import { boundedDirectory, type DirectoryStorage } from '@cellblock/shared/jail-storage';
import { readUncountedProjects } from './counted-projects.ts';
import { ID_COUNT } from './id-ranges.ts';
import { jailPaths } from './paths.ts';
import type { WardenHost } from './warden-host.ts';

/** Numbers of ranges of host ids lie below it. */
const RANGES = 65_536;
const TRIES = 1_000;

/** What the spec says that a jail's directory may hold; null: whatever there is. */
export function boundedStorageOf(host: WardenHost, jailKey: string): DirectoryStorage | null {
  return boundedDirectory(jailsOf(host.spec()).find(({ key }) => key === jailKey)?.settings.storage);
}

/** What all jails may hold that may not hold whatever there is, by key. */
export function boundedStorages(host: WardenHost): ReadonlyMap<string, DirectoryStorage> {
  return new Map(
    jailsOf(host.spec()).flatMap(({ key, settings }) => {
      const bounded = boundedDirectory(settings.storage);
      return bounded ? [[key, bounded] as const] : [];
    }),
  );
}

/** Nothing is made for a jail whose directory could not be held to its size. */
export async function mustCountProjects(host: WardenHost, jailKey: string): Promise<void> {
  const lacks = await readUncountedProjects(host.paths.data);
  if (lacks === null) return;
  const step = `hold the storage of jail ${jailKey} to a size (settings.storage.size)`;
  const detail = `${lacks.evidence}. Give the jail a file system of its own (--storage ext4:10G), or: ${lacks.fix}`;
  throw new KernelError(step, 'EOPNOTSUPP', 95, detail);
}

/**
 * A jail's directory is a project of its own, before anything is in it, and ends at its limits. Root in the jail can
 * change neither: only the initial user namespace may (finding F13).
 */
export async function boundStorage(
  host: WardenHost,
  jailKey: string,
  { size, inodes }: DirectoryStorage,
): Promise<void> {
  const { storage } = jailPaths(host.paths, jailKey);
  let project = await projectOf(host, jailKey);
  if (project === null) {
    const names = await readdir(storage);
    if (names.length > 0) {
      const why = `files of the jail lie there already, and are not counted (${names.slice(0, 3).join(', ')})`;
      throw new KernelError(`count the storage of jail ${jailKey}`, 'ENOTEMPTY', 39, why);
    }
    project = await freeProject(host, jailKey);
    await host.kernel.setProject({ path: storage, project });
    globalThis.crashHere?.('warden counted a directory');
  }
  mustHold(jailKey, await host.kernel.readProjectQuota({ path: storage, project }), { size, inodes });
  await host.kernel.setProjectQuota({ path: storage, project, bytes: size, inodes });
}

/**
 * A limit below what is there would end every write in the jail, so the one before goes on. Where there is none at all
 * it was lost, or is the first: it is set whatever lies there.
 */
function mustHold(
  jailKey: string,
  now: ProjectQuota,
  { size, inodes }: Omit<DirectoryStorage, 'kind'>,
): void {
  if (now.bytes === null && now.inodes === null) return;
  const over = [
    size !== null && size !== now.bytes && now.usedBytes > size && `${now.usedBytes} bytes`,
    inodes !== null && inodes !== now.inodes && now.usedInodes > inodes && `${now.usedInodes} files`,
  ].filter((text) => text !== false);
  if (over.length === 0) return;
  const detail = `${over.join(' and ')} are in use. Ask for more than that, or remove files first`;
  throw new KernelError(`end the storage of jail ${jailKey} below what lies in it`, 'EDQUOT', 122, detail);
}

export async function isBound(host: WardenHost, jailKey: string, wanted: DirectoryStorage): Promise<boolean> {
  const { storage } = jailPaths(host.paths, jailKey);
  const project = await projectOf(host, jailKey);
  if (project === null) return false;
  const { bytes, inodes } = await host.kernel.readProjectQuota({ path: storage, project });
  return bytes === wanted.size && inodes === wanted.inodes;
}

/** What lies in a jail's directory that is counted; null: it cannot be looked at now. */
export async function storageUse(
  host: WardenHost,
  jailKey: string,
): Promise<{ storageBytes: number; storageFiles: number } | null> {
  try {
    const project = await projectOf(host, jailKey);
    if (project === null) return null;
    const path = jailPaths(host.paths, jailKey).storage;
    const { usedBytes, usedInodes } = await host.kernel.readProjectQuota({ path, project });
    return { storageBytes: usedBytes, storageFiles: usedInodes };
  } catch {
    return null;
  }
}

/** What is about to be removed has no limits any more: its record goes with the last of its files. */
export async function unboundStorage(host: WardenHost, jailKey: string): Promise<void> {
  const project = await projectOf(host, jailKey);
  if (project === null) return;
  const path = jailPaths(host.paths, jailKey).storage;
  await host.kernel.setProjectQuota({ path, project, bytes: null, inodes: null });
}

/** The project of a jail's directory; null: it has none of its own, but perhaps that of the directories above. */
async function projectOf(host: WardenHost, jailKey: string): Promise<number | null> {
  const { storage, directory } = jailPaths(host.paths, jailKey);
  try {
    const [own, above] = [
      await host.kernel.readProject({ path: storage }),
      await host.kernel.readProject({ path: directory }),
    ];
    return own.inherits && own.project !== 0 && own.project !== above.project ? own.project : null;
  } catch (error) {
    if (isKernelError(error, 'ENOENT', 'ENOTDIR')) return null;
    throw error;
  }
}

/**
 * The number of the jail's range of host ids, which no other jail has. Storage that outlives its jail keeps its number,
 * and an administrator may use any: one that something is counted under already is left alone.
 */
async function freeProject(host: WardenHost, jailKey: string): Promise<number> {
  const path = jailPaths(host.paths, jailKey).directory;
  const idBase = await host.ids.claim({ instance: host.instance, jailKey, preferred: null });
  for (let round = 0; round < TRIES; round += 1) {
    const project = idBase / ID_COUNT + round * RANGES;
    const { usedInodes, bytes, inodes } = await host.kernel.readProjectQuota({ path, project });
    if (usedInodes === 0 && bytes === null && inodes === null) return project;
  }
  throw new KernelError(`find a project for jail ${jailKey}`, 'ENOSPC', 28, `${TRIES} are in use`);
}

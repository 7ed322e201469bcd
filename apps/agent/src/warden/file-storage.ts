import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { open, readdir, rename, rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { isKernelError, KernelError } from '@cellblock/native/kernel-error';
import { jailsOf } from '@cellblock/shared/host-spec';
import type { FileStorage } from '@cellblock/shared/jail-storage';
import { jailPaths } from './paths.ts';
import type { WardenHost } from './warden-host.ts';

const execute = promisify(execFile);

/** What the spec says of a jail's storage; null: it is a directory. */
export function fileStorageOf(host: WardenHost, jailKey: string): FileStorage | null {
  const storage = jailsOf(host.spec()).find(({ key }) => key === jailKey)?.settings.storage;
  return storage?.kind === 'file' ? storage : null;
}

/** Keys of all jails whose storage is a file system of its own. */
export function jailsOnFiles(host: WardenHost): ReadonlySet<string> {
  return new Set(
    jailsOf(host.spec())
      .filter(({ settings }) => settings.storage?.kind === 'file')
      .map(({ key }) => key),
  );
}

/** Is the file system of a jail mounted at its storage, closed to the host as its storage must be? */
export async function isMounted(host: WardenHost, jailKey: string): Promise<boolean> {
  const { storage } = jailPaths(host.paths, jailKey);
  const mount = (await host.kernel.listMounts({ under: storage })).findLast(
    ({ target }) => target === storage,
  );
  return ['nosuid', 'nodev'].every((option) => mount?.options.includes(option));
}

/**
 * The file system of a jail is there and mounted at its storage. What is in the file came from the jail alone, by
 * way of the kernel: nothing but the kernel ever writes into it.
 */
export async function mountFileStorage(
  host: WardenHost,
  jailKey: string,
  wanted: FileStorage,
): Promise<void> {
  const { storage, fileSystem } = jailPaths(host.paths, jailKey);
  if (await isMounted(host, jailKey)) return;
  if (!existsSync(fileSystem)) {
    const names = await readdir(storage);
    if (names.length > 0) {
      const why = `files of the jail lie in the directory already (${names.slice(0, 3).join(', ')})`;
      throw new KernelError(`make a file system for jail ${jailKey}`, 'ENOTEMPTY', 39, why);
    }
    await makeFileSystem(fileSystem, wanted);
  }
  await host.kernel.mountFile({
    source: fileSystem,
    target: storage,
    fileSystem: wanted.fileSystem,
  });
}

export async function makeFileSystem(path: string, { fileSystem, size, inodes }: FileStorage): Promise<void> {
  const fresh = `${path}.new`;
  const step = `make an ${fileSystem} of ${size} bytes in ${path}`;
  await rm(fresh, { force: true });
  const file = await open(fresh, 'wx', 0o600);
  try {
    await file.truncate(size);
  } finally {
    await file.close();
  }
  const [program, ...options] =
    fileSystem === 'ext4'
      ? ['mkfs.ext4', '-q', '-F', '-m', '0', ...(inodes === null ? [] : ['-N', String(inodes)])]
      : ['mkfs.xfs', '-q'];
  try {
    await execute(program as string, [...options, fresh], {
      env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
    });
  } catch (error) {
    await rm(fresh, { force: true });
    throw failedProgram(step, error as NodeJS.ErrnoException & { stderr?: string });
  }
  // A whole one or none: a crash leaves nothing that could be taken for a file system.
  await rename(fresh, path);
}

function failedProgram(step: string, error: NodeJS.ErrnoException & { stderr?: string }): KernelError {
  if (error.code === 'ENOENT') {
    const missing = 'the program is not on this host: apt-get install e2fsprogs xfsprogs';
    return new KernelError(step, 'ENOENT', 2, missing);
  }
  const said = error.stderr?.trim().split('\n').at(-1) ?? error.message;
  const full = /no space left/i.test(said);
  return new KernelError(step, full ? 'ENOSPC' : 'EINVAL', full ? 28 : 22, said);
}

/** Nothing is mounted at a jail's storage; its loop device goes with the mount. */
export async function unmountFileStorage(host: WardenHost, jailKey: string): Promise<void> {
  const { storage, fileSystem } = jailPaths(host.paths, jailKey);
  if (!existsSync(fileSystem)) return;
  for (;;) {
    try {
      await host.kernel.unmount({ target: storage });
    } catch (error) {
      if (isKernelError(error, 'EINVAL', 'ENOENT')) return;
      throw error;
    }
  }
}

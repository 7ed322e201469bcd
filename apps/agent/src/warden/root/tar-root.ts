import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readlink, rename, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { KernelError } from '@cellblock/native/kernel-error';
import type { TreeSpec } from '@cellblock/native/process-tree';
import { jailPaths } from '../paths.ts';
import { removeTree } from '../remove-tree.ts';
import type { WardenHost } from '../warden-host.ts';

const SIGKILL = 9;
const CHUNK = 1024 * 1024;
const LOOK_EVERY_MS = 200;
/** Of what tar complains about: an archive may hold a million names that it does not take. */
const MOST_SAID = 4_096;
/** What must stay free on the file system: a tarball can unfold to any size. */
const KEEP_FREE_BYTES = 1024 ** 3;

/** How the stream begins tells how it is compressed; the name of a file says nothing. */
const COMPRESSIONS: readonly { magic: string; option: string }[] = [
  { magic: '1f8b', option: '--gzip' },
  { magic: 'fd377a585a00', option: '--xz' },
  { magic: '28b52ffd', option: '--zstd' },
  { magic: '425a68', option: '--bzip2' },
];

/**
 * The unpacked root of a jail, unpacked now if it is not yet.
 *
 * The host's tar runs in a tree like the jail's own: with its ids, its limits and its filter, with nothing of
 * the host but /usr to read. So no name, link, device or size in the archive reaches the host. It is put in
 * place by one rename: a crash leaves either no root or a whole one.
 */
export async function unpackedRoot(
  host: WardenHost,
  o: {
    jailKey: string;
    tarball: string;
    tree: Omit<TreeSpec, 'runDirectory' | 'root' | 'mounts' | 'command'>;
  },
): Promise<string> {
  const { directory, storage } = jailPaths(host.paths, o.jailKey);
  const root = join(storage, 'root');
  if (await stat(root).catch(() => null)) return root;
  const fresh = join(storage, 'root.new');
  const runDirectory = join(directory, 'unpack');
  await endOf(host, runDirectory);
  await removeTree(fresh);
  await mkdir(fresh, { mode: 0o755 });
  await mkdir(runDirectory, { recursive: true, mode: 0o700 });

  const file = await openRegular(o.tarball);
  try {
    await host.trees.start({
      ...o.tree,
      runDirectory,
      root: { kind: 'host-usr' },
      mounts: [
        { kind: 'tmpfs', target: '/tmp', size: '16M', mode: '1777' },
        { kind: 'storage', path: fresh, target: '/unpack' },
      ],
      command: null,
    });
    await unpack(host, { runDirectory, file, fresh, ...o });
  } finally {
    await file.close();
    await endOf(host, runDirectory);
    await rm(runDirectory, { recursive: true, force: true });
  }
  await rename(fresh, root);
  return root;
}

async function endOf(host: WardenHost, runDirectory: string): Promise<void> {
  const status = await host.trees.status({ runDirectory });
  if (status?.state === 'running') await host.trees.stop({ runDirectory, signal: SIGKILL, timeoutMs: 1000 });
}

/** `path` has no link in any part, and is what the bounds were asked about. */
export async function openRegular(path: string): Promise<FileHandle> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    (error: NodeJS.ErrnoException) => {
      const why = error.code === 'ELOOP' ? 'it is a link: name the file itself' : 'put the tarball there';
      throw new KernelError(`open tarball ${path}`, error.code ?? 'EIO', error.errno ?? 0, why);
    },
  );
  const isFile = (await file.stat()).isFile();
  // Of what was opened, not of the path again: a jail may own a directory on the way and swap it for a link.
  const real = await readlink(`/proc/self/fd/${file.fd}`);
  if (isFile && real === path) return file;
  await file.close();
  const why = isFile ? `it leads through a link to ${real}: name that itself` : 'it is not a file';
  throw new KernelError(`open tarball ${path}`, 'EINVAL', 22, why);
}

async function unpack(
  host: WardenHost,
  o: {
    runDirectory: string;
    file: FileHandle;
    fresh: string;
    tarball: string;
    tree: Pick<TreeSpec, 'cgroupProcsFiles' | 'environment'>;
  },
): Promise<void> {
  const head = Buffer.alloc(6);
  await o.file.read(head, 0, head.length, 0);
  const compression = COMPRESSIONS.find(({ magic }) => head.toString('hex').startsWith(magic));
  const session = await host.trees.exec({
    runDirectory: o.runDirectory,
    command: [
      '/usr/bin/tar',
      ...(compression ? [compression.option] : []),
      ...['--extract', '--directory=/unpack', '--numeric-owner', '--preserve-permissions', '--same-owner'],
      // A jail has devices of its own, and none can be made here.
      ...['--exclude=./dev/*', '--exclude=dev/*', '--warning=no-timestamp', '--file=-'],
    ],
    environment: o.tree.environment,
    uid: 0,
    gid: 0,
    tty: null,
    cgroupProcsFiles: o.tree.cgroupProcsFiles,
  });
  let full = false;
  const watch = setInterval(async () => {
    const { bavail, bsize } = await statfs(o.fresh);
    if (bavail * bsize >= KEEP_FREE_BYTES) return;
    full = true;
    session.kill();
  }, LOOK_EVERY_MS);
  let said = '';
  const reading = (async () => {
    for await (const { data } of session.output)
      if (said.length < MOST_SAID) said += Buffer.from(data).toString();
  })();
  let over = false;
  void session.exit.finally(() => {
    over = true;
  });
  try {
    for (let at = 0; !over; ) {
      const chunk = Buffer.alloc(CHUNK);
      const { bytesRead } = await o.file.read(chunk, 0, CHUNK, at);
      if (bytesRead === 0) break;
      // Else a tarball that tar reads slowly would lie in our memory.
      await session.write(chunk.subarray(0, bytesRead));
      at += bytesRead;
    }
    session.closeInput();
    const { code, signal } = await session.exit;
    await reading;
    if (full) {
      const least = `less than ${KEEP_FREE_BYTES / 1024 ** 3} GiB would be left on the host's disk`;
      throw new KernelError(`unpack ${o.tarball}`, 'ENOSPC', 28, least);
    }
    if (code !== 0) {
      const why = said.slice(0, MOST_SAID).trim().split('\n').slice(0, 3).join('; ');
      throw new KernelError(`unpack ${o.tarball}`, 'EINVAL', 22, why || `tar ended with ${code ?? signal}`);
    }
  } finally {
    clearInterval(watch);
  }
}

import { closeSync, fsync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { promisify } from 'node:util';
import type { DurableFile } from '@cellblock/shared/crash-points';

/** The one call here that waits for a disk, and so the one that is worth the way over another thread. */
const sync = promisify(fsync);

/** Replaces a file so that after a power cut it is the old one or the new one, whole: temporary file, fsync,
 *  rename, fsync of the directory. */
export async function writeDurably(path: string, text: string, mode = 0o600): Promise<void> {
  const temporary = `${path}.new`;
  const file = openSync(temporary, 'w', mode);
  try {
    writeFileSync(file, text);
    await sync(file);
  } finally {
    closeSync(file);
  }
  const name = basename(path) as DurableFile;
  globalThis.crashHere?.(`warden drafted ${name}`);
  renameSync(temporary, path);
  await syncDirectory(dirname(path));
  globalThis.crashHere?.(`warden wrote ${name}`);
}

export async function removeDurably(path: string): Promise<void> {
  await rm(path, { force: true });
  await syncDirectory(dirname(path));
}

export async function syncDirectory(path: string): Promise<void> {
  const directory = openSync(path, 'r');
  try {
    await sync(directory);
  } finally {
    closeSync(directory);
  }
}

/** Null when there is no such file. */
export async function readTextIfThere(path: string): Promise<string | null> {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** A directory that nobody but root enters. */
export async function makePrivateDirectory(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
}

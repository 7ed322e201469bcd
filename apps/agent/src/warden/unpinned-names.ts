import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { netnsDirectory } from '@cellblock/shared/owned-names';
import type { WardenHost } from './warden-host.ts';

/**
 * Names that no network namespace is pinned at: a warden that was killed between making a name and pinning leaves
 * one, and when its jail is wanted no more, no plan comes back to it. Only while nothing else is being made.
 */
export async function removeUnpinnedNames({ kernel, instance }: WardenHost): Promise<void> {
  const directory = netnsDirectory(instance);
  const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const pinned = new Set(await kernel.listNetns({ directory }));
  for (const name of names) if (!pinned.has(name)) await rm(join(directory, name), { force: true });
}

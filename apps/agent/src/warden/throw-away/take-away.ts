import { isKernelError } from '@cellblock/native/kernel-error';
import { cgroupName, netnsPath } from '@cellblock/shared/owned-names';
import { removeCgroup } from '../apply/jail-steps.ts';
import { jailPaths } from '../paths.ts';
import { removeStorage } from '../storage.ts';
import type { WardenHost } from '../warden-host.ts';

const SIGKILL = 9;
const STOP_MS = 10_000;

/**
 * Takes away all that there is of a jail that nobody wants to keep, processes first, by what the kernel shows: it may
 * never have been whole. Each part is tried, whatever became of the one before, and the first failure is told; its ids
 * are given back when nothing of it exists any more.
 */
export async function takeAway(host: WardenHost, key: string): Promise<void> {
  const { kernel, instance } = host;
  const { directory, run: runDirectory } = jailPaths(host.paths, key);
  const parts = [
    async () => {
      if ((await host.trees.status({ runDirectory }))?.state !== 'running') return;
      await unless(host.trees.stop({ runDirectory, signal: SIGKILL, timeoutMs: STOP_MS }), 'ESRCH', 'ENOENT');
    },
    async () => {
      if ((await kernel.readCgroup({ name: cgroupName(instance, key) })) === null) return;
      await removeCgroup(host, { kind: 'cgroup.remove', object: 'host', cause: null, jail: key, name: key });
    },
    () => unless(kernel.removeNetns({ path: netnsPath(instance, key) }), 'ENOENT'),
    async () => {
      for (const mount of (await kernel.listMounts({ under: directory })).toReversed())
        await kernel.unmount({ target: mount.target });
      await removeStorage(host, key);
    },
  ];
  const failures: unknown[] = [];
  for (const part of parts) await part().catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
  await host.ids.release({ instance, jailKey: key });
}

/** Goes on when it was refused with one of the codes, which mean that there is nothing to do. */
async function unless(act: Promise<unknown>, ...codes: string[]): Promise<void> {
  try {
    await act;
  } catch (error) {
    if (!isKernelError(error, ...codes)) throw error;
  }
}

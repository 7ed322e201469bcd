import { isKernelError, KernelError } from '@cellblock/native/kernel-error';
import { cgroupName } from '@cellblock/shared/owned-names';
import { jailPaths } from '../paths.ts';
import type { Executor } from './fact.ts';

export const limitProcesses: Executor<'process.limits'> = async (host, { jail, name, limits }) => {
  const { run: runDirectory } = jailPaths(host.paths, jail);
  const before = await host.trees.status({ runDirectory });
  try {
    const cgroupProcsFiles = await host.kernel.cgroupProcsFiles({ name: cgroupName(host.instance, jail) });
    await host.trees.limit({ runDirectory, limits, cgroupProcsFiles });
  } catch (error) {
    // It has ended meanwhile: whatever is started next has them from its start.
    if (isKernelError(error, 'ESRCH', 'ENOENT')) return { before: null, after: null };
    if (!isKernelError(error, 'EPERM')) throw error;
    const { step, code, errno, detail } = error;
    throw new KernelError(
      step,
      code,
      errno,
      `${detail}; all have the new limits after: cellblock restart ${name}`,
    );
  }
  return { before: { resourceLimits: before?.resourceLimits }, after: { resourceLimits: limits } };
};

import { isKernelError } from '@cellblock/native/kernel-error';
import { AppError } from '@cellblock/shared/app-error';
import type { JailSpec } from '@cellblock/shared/host-spec';
import { PROFILES } from '@cellblock/shared/profile-rules';
import { whereItRuns } from './open-exec.ts';
import type { Warden } from './warden.ts';

/** Takes the keyboard of a jail's console; the session that its output is read from. */
export async function openConsole(
  warden: Pick<Warden, 'host' | 'exec'>,
  jail: JailSpec,
  { rows, columns }: { rows: number; columns: number },
): Promise<string> {
  const { name, settings } = jail;
  const instead = `cellblock exec ${name} -t -- sh`;
  if (!PROFILES[settings.profile].mounts) {
    throw new AppError('conflict', `Jail ${name} has no console.`, {
      field: 'jail',
      cause: `Its profile is ${settings.profile}; only a jail that brings an init of its own (profile system) has one.`,
      fix: `A terminal in it: ${instead}; what it wrote: cellblock logs ${name}`,
    });
  }
  const { runDirectory } = await whereItRuns(warden, jail);
  try {
    return await warden.exec.openConsole(jail, { runDirectory, rows, columns });
  } catch (error) {
    if (isKernelError(error, 'ENOTTY')) {
      throw new AppError('conflict', `Jail ${name} has no console of its own.`, {
        field: 'jail',
        cause:
          'Its /dev/console is something that it was given (a device, or a mount of its view), or it was started by an agent that made none.',
        fix: `Take that away and restart it: cellblock restart ${name}; or a terminal in it: ${instead}`,
      });
    }
    if (isKernelError(error, 'ESRCH')) {
      // Or it has ended in this moment.
      await whereItRuns(warden, jail);
      throw new AppError('conflict', `Nobody keeps the console of jail ${name} any more.`, {
        field: 'jail',
        cause: 'The keeper, which held its other end, has ended; the jail runs on without it.',
        fix: `cellblock restart ${name}; or a terminal in it: ${instead}`,
      });
    }
    if (isKernelError(error, 'EPERM')) {
      throw new AppError('conflict', `The host does not let its agent type at the console of jail ${name}.`, {
        field: 'jail',
        cause:
          'Its kernel lets nobody look into another process (kernel.yama.ptrace_scope=3, or a security module), and the console is taken from its keeper.',
        fix: `A terminal in it: ${instead}; what it wrote: cellblock logs ${name} -f`,
      });
    }
    if (isKernelError(error, 'ENOSYS')) {
      throw new AppError('conflict', `The host cannot let anybody type at the console of jail ${name}.`, {
        field: 'jail',
        cause: 'Its kernel, or what confines its agent, has no pidfd_getfd(2), which came with Linux 5.6.',
        fix: `A terminal in it: ${instead}; what it wrote: cellblock logs ${name} -f`,
      });
    }
    throw error;
  }
}

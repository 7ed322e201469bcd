import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Kernel } from './kernel.ts';
import { KernelError } from './kernel-error.ts';

const execute = promisify(execFile);

/** mount(8)'s exit codes are its own; what it says last names the kernel's reason. */
const REASONS: readonly (readonly [words: RegExp, code: string, errno: number])[] = [
  [/no space left/i, 'ENOSPC', 28],
  [/permission denied|operation not permitted/i, 'EPERM', 1],
  [/does not exist|no such file/i, 'ENOENT', 2],
  [/already mounted|busy/i, 'EBUSY', 16],
  [/failed to setup loop device|loop device/i, 'ENODEV', 19],
  [/unknown filesystem/i, 'ENODEV', 19],
];

/**
 * By mount(8), which sets up the loop device with LO_FLAGS_AUTOCLEAR: whoever dies meanwhile leaves no device
 * without its mount (decision 18).
 */
export const mountFile: Kernel['mountFile'] = async ({ source, target, fileSystem }) => {
  try {
    await execute('mount', ['-t', fileSystem, '-o', 'loop,nosuid,nodev', source, target], {
      env: { ...process.env, LC_ALL: 'C', PATH: `${process.env.PATH}:/usr/sbin:/sbin:/usr/bin:/bin` },
    });
  } catch (error) {
    const failure = error as NodeJS.ErrnoException & { stderr?: string };
    const said = failure.stderr?.trim().replace(/\s+/g, ' ') || failure.message;
    const [, code, errno] = REASONS.find(([words]) => words.test(said)) ?? [null, 'EINVAL', 22];
    throw new KernelError(`mount ${source} at ${target}`, code, errno, said);
  }
};

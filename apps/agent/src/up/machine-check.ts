import { AppError } from '@cellblock/shared/app-error';
import type { Check } from '../warden/checks/host-check.ts';
import { KERNEL_CHECKS } from '../warden/checks/kernel-checks.ts';

/** Refuses a machine on which no jail could run. What is merely worse there, the browser shows. */
export async function checkThisMachine(
  data: string,
  checks: readonly Check[] = KERNEL_CHECKS,
): Promise<void> {
  for (const check of checks) {
    const { verdict, evidence, lost, fix } = await check.look({ dataDirectory: data } as never);
    if (verdict === 'lack') {
      throw new AppError('invalid', `${check.title}: this machine does not have it.`, {
        cause: [evidence, lost].filter(Boolean).join('; '),
        fix: fix ?? 'Take a machine that has it: nothing on this one can be changed to give it.',
      });
    }
  }
}

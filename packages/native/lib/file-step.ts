import { KernelError } from './kernel-error.ts';

/** Does something with files; what the system refuses becomes a KernelError with this step. */
export async function fileStep<T>(step: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const refusal = error as NodeJS.ErrnoException;
    if (error instanceof KernelError || refusal.errno === undefined) throw error;
    throw new KernelError(step, refusal.code ?? 'EIO', -refusal.errno, refusal.path);
  }
}

import { KernelError } from '@cellblock/native/kernel-error';
import { AppError, type Refusal } from '@cellblock/shared/app-error';
import type { TRPCError } from '@trpc/server';

/** Every refusal leaves in one form; what nobody foresaw keeps its text to the log. */
export function refusalOf(error: TRPCError): Refusal {
  const cause = error.cause ?? error;
  if (cause instanceof AppError) return cause.refusal;
  if (cause instanceof KernelError) {
    return { code: 'conflict', message: cause.message, evidence: { step: cause.step, code: cause.code } };
  }
  if (error.code === 'BAD_REQUEST') return { code: 'invalid', message: error.message };
  if (error.code === 'NOT_FOUND') return { code: 'not-found', message: error.message };
  console.error(cause);
  return { code: 'internal', message: 'The agent failed; its log on the host says how.' };
}

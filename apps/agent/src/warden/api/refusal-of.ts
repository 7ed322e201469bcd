import { KernelError } from '@cellblock/native/kernel-error';
import { AppError, type Refusal } from '@cellblock/shared/app-error';
import { systemRefusal } from '@cellblock/shared/system-refusal';
import type { TRPCError } from '@trpc/server';

/** Every refusal leaves in one form; what nobody foresaw keeps its text to the log. */
export function refusalOf(error: TRPCError): Refusal {
  const cause = error.cause ?? error;
  if (cause instanceof AppError) return cause.refusal;
  if (cause instanceof KernelError) {
    const evidence = { step: cause.step, code: cause.code };
    return { ...systemRefusal(cause), code: 'conflict', message: cause.message, evidence };
  }
  if (error.code === 'BAD_REQUEST' || error.code === 'NOT_FOUND') {
    return {
      code: error.code === 'NOT_FOUND' ? 'not-found' : 'invalid',
      message: error.message,
      cause: 'The agent does not know this question, or not in this form: whoever asked is of another build.',
      fix: 'Compare the builds (cellblock status on both machines) and bring the older one up to date.',
    };
  }
  console.error(cause);
  return {
    code: 'internal',
    message: 'The agent failed; its log on the host says how.',
    cause: `It met something that it was not made for (${cause.name}); the text may quote a secret, so that only the log has it.`,
    fix: 'On the host, as root: tail -n 30 DATA/log/warden.log; jails are not touched by it',
  };
}

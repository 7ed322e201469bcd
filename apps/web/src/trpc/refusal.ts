import type { AppErrorCode, Refusal } from '@cellblock/shared/app-error';
import { TRPCClientError } from '@trpc/client';

export interface ReadRefusal extends Omit<Refusal, 'code'> {
  code: AppErrorCode;
  signedOut: boolean;
}

/** What a failed call says, in the server's own words; a connection that failed says so itself. */
export function refusalOf(error: unknown): ReadRefusal {
  if (error instanceof TRPCClientError) {
    const data = error.data as { refusal?: Refusal; code?: string; httpStatus?: number } | null | undefined;
    const signedOut = data?.code === 'UNAUTHORIZED';
    if (data?.refusal) return { ...data.refusal, signedOut };
    if (data?.code) return { code: 'internal', message: error.message, signedOut };
    return {
      code: 'unreachable',
      message: 'The dashboard did not answer.',
      cause: error.message,
      fix: 'Jails keep running without it. Check the connection, then try again.',
      signedOut: false,
    };
  }
  return {
    code: 'internal',
    message: error instanceof Error ? error.message : String(error),
    signedOut: false,
  };
}

import { AppError, type AppErrorCode, Refusal } from '@cellblock/shared/app-error';
import { TRPCClientError } from '@trpc/client';
import { TRPCError } from '@trpc/server';
import { getHTTPStatusCodeFromError } from '@trpc/server/http';
import * as z from 'zod';
import { wordsOf } from './issue-words.ts';

/** HTTP's word for each of our six codes. */
const TRPC_CODES: Record<AppErrorCode, TRPCError['code']> = {
  invalid: 'BAD_REQUEST',
  'not-found': 'NOT_FOUND',
  conflict: 'CONFLICT',
  denied: 'FORBIDDEN',
  unreachable: 'SERVICE_UNAVAILABLE',
  internal: 'INTERNAL_SERVER_ERROR',
};

/** tRPC's own complaints about a request that never reached a procedure; their text holds no secret. */
const OWN_WORDS: Partial<Record<TRPCError['code'], AppErrorCode>> = {
  PARSE_ERROR: 'invalid',
  BAD_REQUEST: 'invalid',
  METHOD_NOT_SUPPORTED: 'invalid',
  UNSUPPORTED_MEDIA_TYPE: 'invalid',
  PAYLOAD_TOO_LARGE: 'invalid',
  NOT_FOUND: 'not-found',
};

/** What the caller is told about an error. Nothing of an unknown error's text: it may quote a secret. */
export function refusalOf(error: unknown, requestId: string): Refusal {
  const cause = error instanceof TRPCError ? (error.cause ?? error) : error;
  if (cause instanceof AppError) return { requestId, ...cause.refusal };
  if (cause instanceof z.core.$ZodError) return { ...refusalOfIssues(cause.issues), requestId };
  if (error instanceof TRPCError && (error.cause === undefined || error.code === 'PARSE_ERROR')) {
    const code = OWN_WORDS[error.code];
    if (code !== undefined) {
      return {
        code,
        message: error.message,
        cause: 'The request does not have the form of a call of this API.',
        fix: 'Reload the page, or use the command-line client of the same version.',
        requestId,
      };
    }
  }
  if (cause instanceof TRPCClientError) return { ...refusalOfAgent(cause), requestId };
  if (isDatabaseGone(cause)) {
    return {
      code: 'unreachable',
      message: 'The database does not answer. Jails keep running; nothing can be changed meanwhile.',
      cause: 'PostgreSQL is stopped, restarting or out of connections.',
      fix: 'cellblock status; its log is DATA/log/postgres.log',
      requestId,
    };
  }
  return {
    code: 'internal',
    message: `Something failed on the dashboard. Its log has the reason under ${requestId}.`,
    cause:
      'It met something that it was not made for; the reason may quote a secret, so that only its log has it.',
    fix: `grep ${requestId} in the dashboard's log, DATA/log/dashboard.log`,
    requestId,
  };
}

/** The same error as tRPC throws it, so that the HTTP status agrees with the refusal. */
export function trpcErrorOf(error: unknown, requestId: string): TRPCError {
  const refusal = refusalOf(error, requestId);
  const known =
    error instanceof TRPCError && error.cause === undefined && OWN_WORDS[error.code] !== undefined;
  if (known) return error;
  return new TRPCError({
    code: trpcCodeOf(refusal),
    message: refusal.message,
    cause: error instanceof TRPCError ? (error.cause ?? error) : error,
  });
}

/** HTTP status of a refusal outside tRPC; tRPC itself takes the same from its codes. */
export function statusOf(refusal: Refusal): number {
  return getHTTPStatusCodeFromError(new TRPCError({ code: trpcCodeOf(refusal) }));
}

/** Who is nobody is told apart from who may not: pages lead to the sign-in then. */
function trpcCodeOf({ code, evidence }: Refusal): TRPCError['code'] {
  return code === 'denied' && evidence?.signIn === true ? 'UNAUTHORIZED' : TRPC_CODES[code];
}

function refusalOfIssues(issues: readonly z.core.$ZodIssue[]): Refusal {
  const issue = issues[0];
  if (issue === undefined) {
    return {
      code: 'invalid',
      message: 'The input is not valid.',
      cause: 'It does not have the form that is asked for.',
      fix: 'See the command with --help.',
    };
  }
  const field = issue.path.map(String).join('.');
  return {
    code: 'invalid',
    ...wordsOf(issue),
    ...(field === '' ? {} : { field }),
    evidence: {
      issues: issues.map((each) => ({ field: each.path.map(String).join('.'), message: each.message })),
    },
  };
}

/** An agent refuses in the same form; without one, the connection to it broke. */
function refusalOfAgent(error: TRPCClientError<never>): Refusal {
  const { data } = error as { data?: unknown };
  const told = Refusal.safeParse((data as { refusal?: unknown } | undefined)?.refusal);
  if (told.success) return told.data;
  return {
    code: 'unreachable',
    message: 'The host hung up before it had answered.',
    cause: 'Its agent was stopped, or the connection to it broke.',
    fix: 'Try again: it dials the dashboard anew within seconds.',
  };
}

/** Codes of Prisma, of PostgreSQL and of the system for a database that is away. */
const AWAY = new Set([
  'P1000',
  'P1001',
  'P1002',
  'P1017',
  '57P01',
  '57P03',
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
]);

function isDatabaseGone(error: unknown): boolean {
  for (let each = error, depth = 0; each instanceof Error && depth < 5; each = each.cause, depth++) {
    if (!/Prisma|Driver|Connection|DatabaseError|^Error$/.test(each.name)) continue;
    const { code } = each as Error & { code?: unknown };
    // A raw query has PostgreSQL's own code in its text: shutting down, starting up, connection broken.
    if (code === 'P2010' && /`(57P0[123]|08\d{3})`/.test(each.message)) return true;
    if (typeof code !== 'string' || !AWAY.has(code)) continue;
    // A socket that is not there, not a file that is not.
    if (code !== 'ENOENT' || each.message.includes('connect ENOENT')) return true;
  }
  return false;
}

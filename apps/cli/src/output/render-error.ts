import { exitCodeOf, Refusal } from '@cellblock/shared/app-error';
import { systemRefusal } from '@cellblock/shared/system-refusal';
import { TRPCClientError } from '@trpc/client';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import { printable } from './table.ts';

/** Input field → the flag or argument a person typed it in. */
export type FlagNames = Readonly<Record<string, string>>;

/** Whatever was thrown, as a refusal and the exit code that goes with it. Never a stack. */
export function refusalAndExit(error: unknown): { refusal: CliError['refusal']; exitCode: number } {
  if (error instanceof CliError) return { refusal: error.refusal, exitCode: error.exitCode };
  if (error instanceof TRPCClientError) {
    if (error.cause instanceof CliError) return refusalAndExit(error.cause);
    const sent = Refusal.safeParse((error.data as { refusal?: unknown } | null)?.refusal);
    if (sent.success) return { refusal: sent.data, exitCode: exitCodeOf(sent.data.code) };
    return {
      refusal: {
        message: 'The dashboard did not answer as it should.',
        cause: causeText(error),
        fix: 'On its machine: cellblock status; its log is DATA/log/dashboard.log, or DATA/log/warden.log when this was asked of the agent.',
      },
      exitCode: EXIT.unreachable,
    };
  }
  const refusal = (error as { refusal?: unknown } | null)?.refusal;
  const own = Refusal.safeParse(refusal);
  if (own.success) return { refusal: own.data, exitCode: exitCodeOf(own.data.code) };
  const system = systemRefusal(error);
  if (system !== null) return { refusal: system, exitCode: EXIT.failed };
  return {
    refusal: {
      message: causeText(error),
      cause: `Cellblock was not made for this: ${error instanceof Error ? error.name : typeof error}, thrown ${placeOf(error)}.`,
      fix: 'Run it again; if it fails again, report these lines: it is a fault of ours.',
    },
    exitCode: EXIT.failed,
  };
}

/** Where in the program: what a report of it needs, and no whole stack. */
function placeOf(error: unknown): string {
  const at = error instanceof Error ? /\n\s+at (.+)/.exec(error.stack ?? '')?.[1] : undefined;
  return at === undefined ? 'nobody knows where' : `at ${at}`;
}

/** The innermost words: `fetch failed` alone tells nobody anything. */
function causeText(error: unknown): string {
  let innermost = error;
  while (innermost instanceof Error && innermost.cause instanceof Error) innermost = innermost.cause;
  if (!(innermost instanceof Error)) return String(innermost);
  return innermost.message || innermost.name;
}

/** What, cause, fix, request id: one per line. */
export function renderRefusal(refusal: CliError['refusal'], flags: FlagNames = {}): string {
  const flag = refusal.field === undefined ? undefined : flagOf(refusal.field, flags);
  const lines = [`cellblock: ${flag === undefined ? '' : `${flag}: `}${refusal.message}`];
  if (refusal.cause !== undefined && refusal.cause !== refusal.message)
    lines.push(`  cause: ${refusal.cause}`);
  if (refusal.fix !== undefined) lines.push(`  fix: ${refusal.fix}`);
  if (refusal.requestId !== undefined) lines.push(`  request: ${refusal.requestId}`);
  // What a program said may be several lines: they are indented, so that none can pass for one of ours.
  return lines
    .flatMap((line) => line.split('\n').map((part, at) => `${at === 0 ? '' : '    '}${printable(part)}\n`))
    .join('');
}

/** `addresses.0` is answered by `addresses` when the flag may be repeated. */
function flagOf(field: string, flags: FlagNames): string {
  return (
    flags[field] ?? flags[field.replace(/\.\d+(\..*)?$/, '')] ?? flags[field.split('.')[0] ?? ''] ?? field
  );
}

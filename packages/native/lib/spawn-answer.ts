import { getSystemErrorName } from 'node:util';
import { KernelError } from './kernel-error.ts';

/** One line of `spawn`: null for `ok`, else the failure it names. */
export function failureFrom(answer: string): KernelError | null {
  const line = answer.split('\n', 1)[0] ?? '';
  if (line === 'ok') return null;
  const match = /^error (\d+) (.*)$/.exec(line);
  const errno = Number(match?.[1] ?? 0);
  if (!match || errno === 0)
    return new KernelError('run spawn', 'EPROTO', 71, line || 'it ended without an answer');
  return new KernelError(match[2] ?? '', getSystemErrorName(-errno), errno);
}

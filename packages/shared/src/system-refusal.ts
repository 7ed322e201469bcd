import type { Refusal } from './app-error.ts';

/** What Node, or a verb of our own on the kernel, says of a call that the system refused. */
interface SystemError {
  code: string;
  syscall?: string;
  /** of our own verbs: what was being done, in words */
  step?: string;
  message: string;
  path?: string;
  address?: string;
}

/**
 * A call that the system refused and that nothing nearer explained, as a refusal: what was being done to what,
 * errno in words, and what to do about it. Null for anything else.
 */
export function systemRefusal(error: unknown): (Refusal & { cause: string; fix: string }) | null {
  if (!isSystemError(error)) return null;
  const { code, syscall = '', step } = error;
  const what = error.path ?? error.address;
  const refused = `the system refused ${step === undefined ? syscall : `to ${step}`}.`;
  return {
    code: 'internal',
    message: what === undefined ? refused.replace('the', 'The') : `${what}: ${refused}`,
    cause: `${systemWords(error)} (${code}).`,
    fix: fixOf(code, syscall, what),
  };
}

/** errno in words, as the system itself puts it: `no such file or directory`. */
export function systemWords(error: unknown): string {
  const { code = '', message, step } = error as Error & Partial<SystemError>;
  const detail = step === undefined ? undefined : /\((.*)\)$/s.exec(message)?.[1];
  const words = WORDS[code] ?? message.replace(`${code}: `, '').replace(/, \w+( '.*')?$/, '');
  return detail === undefined ? words : `${words}: ${detail}`;
}

/** Where the text gives the code alone. */
const WORDS: Record<string, string> = {
  EACCES: 'permission denied',
  EAGAIN: 'for want of memory or of a process id',
  EBUSY: 'something uses it',
  EDQUOT: 'its quota is used up',
  EEXIST: 'it is there already',
  EINVAL: 'the kernel does not take it in this form',
  ENODEV: 'there is no such device',
  ENOENT: 'no such file or directory',
  ENOMEM: 'not enough memory',
  ENOSPC: 'no space left on device',
  EOPNOTSUPP: 'this kernel does not offer it',
  EPERM: 'operation not permitted',
  EPROTO: 'a program of ours did not answer as it should',
  EROFS: 'read-only file system',
  ESRCH: 'there is no such process',
  ECONNREFUSED: 'nobody listens there',
  ECONNRESET: 'the other side hung up',
  ETIMEDOUT: 'no answer came in time',
};

function fixOf(code: string, syscall: string, what: string | undefined): string {
  const place = what ?? 'the path';
  if (syscall === 'connect') return 'See whether it runs: cellblock status; start it: cellblock up';
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return 'Free some space where it lies, then run this again: df -h; df -i';
    case 'EROFS':
      return `See what is mounted there: findmnt --target ${place}; then mount it writable: mount -o remount,rw MOUNT-POINT`;
    case 'EACCES':
    case 'EPERM':
      return `See who may: namei -l ${place}; lsattr -d ${place}; then run this again as root: sudo cellblock …`;
    case 'ENOENT':
    case 'ENOTDIR':
    case 'EISDIR':
    case 'EEXIST':
    case 'ENOTEMPTY':
    case 'ELOOP':
      return `See what is there: namei -l ${place}; put it right, then run this again`;
    case 'EBUSY':
      return 'End what uses it (cellblock ls; fuser -vm its path), or wait a moment, then run this again';
    case 'EMFILE':
    case 'ENFILE':
      return 'Allow more open files, then run this again: ulimit -n 65536';
    case 'ENOMEM':
    case 'EAGAIN':
      return 'See what takes memory and processes: free -m; ps aux --sort=-rss | head; then run this again';
    default:
      return `See what the kernel says: dmesg | tail; and what is there: namei -l ${place}; then run this again`;
  }
}

function isSystemError(error: unknown): error is SystemError {
  const { code, syscall, step } = (error ?? {}) as Partial<SystemError>;
  return error instanceof Error && typeof code === 'string' && typeof (syscall ?? step) === 'string';
}

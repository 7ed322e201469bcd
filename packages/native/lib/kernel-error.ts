/** A refusal by the kernel: which step asked, and errno in Node's words and as a number. */
export class KernelError extends Error {
  /** What was being done, in words: `add address 10.0.0.5/24 to eth0`. */
  readonly step: string;
  /** `EEXIST`, `EPERM`, … */
  readonly code: string;
  readonly errno: number;
  /** what there is to say beyond errno */
  readonly detail: string | undefined;

  constructor(step: string, code: string, errno: number, detail?: string) {
    super(`${step}: ${code}${detail ? ` (${detail})` : ''}`);
    this.name = 'KernelError';
    this.step = step;
    this.code = code;
    this.errno = errno;
    this.detail = detail;
  }
}

export function isKernelError(error: unknown, ...codes: string[]): error is KernelError {
  return error instanceof KernelError && (codes.length === 0 || codes.includes(error.code));
}

import * as z from 'zod';

/** What a caller may do about it; six codes and no more. The CLI's exit code follows from it. */
export const APP_ERROR_CODES = [
  'invalid',
  'not-found',
  'conflict',
  'denied',
  'unreachable',
  'internal',
] as const;
export type AppErrorCode = (typeof APP_ERROR_CODES)[number];

/** One refusal as it travels to browser, CLI and audit: which field, why, what to do. */
export const Refusal = z.object({
  code: z.enum(APP_ERROR_CODES),
  /** One sentence that names the thing: `10.0.0.5 is assigned to web1 since 10 Nov.` */
  message: z.string(),
  /** Path of the input field at fault: `address`, `interfaces.0.network`. */
  field: z.string().optional(),
  /** Why it is so. */
  cause: z.string().optional(),
  /** What to do; a command or an act that works. */
  fix: z.string().optional(),
  /** The facts behind it, for programs. */
  evidence: z.record(z.string(), z.unknown()).optional(),
  requestId: z.string().optional(),
});
export type Refusal = z.infer<typeof Refusal>;

export class AppError extends Error {
  readonly refusal: Refusal;

  constructor(code: AppErrorCode, message: string, more: Omit<Refusal, 'code' | 'message'> = {}) {
    super(message);
    this.name = 'AppError';
    this.refusal = { code, message, ...more };
  }
}

const EXIT_CODES: Record<AppErrorCode, number> = {
  internal: 1,
  invalid: 2,
  'not-found': 3,
  conflict: 4,
  denied: 5,
  unreachable: 8,
};

/** Exit codes of `cellblock` (6: timed out while the task goes on, 7: some of many failed, are the CLI's own). */
export function exitCodeOf(code: AppErrorCode): number {
  return EXIT_CODES[code];
}

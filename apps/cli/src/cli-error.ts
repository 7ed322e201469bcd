import type { Refusal } from '@cellblock/shared/app-error';

/** Ends the run with this status after its refusal was printed. */
export class CliError extends Error {
  readonly exitCode: number;
  readonly refusal: Pick<Refusal, 'message' | 'field' | 'cause' | 'fix' | 'requestId'>;

  constructor(exitCode: number, refusal: CliError['refusal']) {
    super(refusal.message);
    this.name = 'CliError';
    this.exitCode = exitCode;
    this.refusal = refusal;
  }
}

/** What was typed cannot be meant; `field` is the flag or argument as it is spelt there. */
export function usageError(refusal: {
  field?: string;
  message: string;
  cause: string;
  fix: string;
}): CliError {
  return new CliError(2, refusal);
}

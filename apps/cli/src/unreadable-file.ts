import path from 'node:path';
import { systemWords } from '@cellblock/shared/system-refusal';
import { type CliError, usageError } from './cli-error.ts';

/** FILE was given and cannot be read; `-` is stdin. */
export function unreadableFile(file: string, error: unknown): CliError {
  const where = path.resolve(file);
  return usageError({
    field: 'FILE',
    message: `${file} cannot be read.`,
    cause: `${file === '-' ? 'stdin' : where}: ${systemWords(error)}.`,
    fix:
      file === '-' ? 'Put it through a pipe: cat FILE | cellblock …' : `See what is there: namei -l ${where}`,
  });
}

import { usageError } from './cli-error.ts';

/** `FIRST-LAST`, or one address that is both. */
export function parseRange(flag: string, text: string): { first: string; last: string } {
  const [first = '', last = first, ...more] = text.split('-').map((part) => part.trim());
  if (first !== '' && last !== '' && more.length === 0) return { first, last };
  throw usageError({
    field: flag,
    message: `${text} is not a range.`,
    cause: 'A range is one address, or its first and its last with one - between them.',
    fix: `Write it as ${flag === 'FIRST-LAST' ? '' : `${flag} `}10.0.0.10-10.0.0.99`,
  });
}

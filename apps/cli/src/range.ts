import { usageError } from './cli-error.ts';

/** `FIRST-LAST`, or one address that is both. */
export function parseRange(flag: string, text: string): { first: string; last: string } {
  const [first = '', last = first, ...more] = text.split('-').map((part) => part.trim());
  if (first !== '' && last !== '' && more.length === 0) return { first, last };
  throw usageError(`${flag}: ${text} is not a range.`, 'Write it as FIRST-LAST: 10.0.0.10-10.0.0.99');
}

'use client';
import { parseAsString, useQueryState } from 'nuqs';

/** Which dialog of a page is open, in its URL: a link, or the palette, leads straight to the question. */
export function useAsking<Act extends string>(acts: readonly Act[]) {
  // Several parts of one page read the parameter, and what one of them sets is handed to all as it is: each must
  // look whether it is meant.
  const [named, set] = useQueryState('do', parseAsString);
  const asking = acts.find((act) => act === named) ?? null;
  return [asking, (next: Act | null) => void set(next)] as const;
}

'use client';
import { parseAsStringLiteral, useQueryState } from 'nuqs';

/** Which dialog of a page is open, in its URL: a link, or the palette, leads straight to the question. */
export function useAsking<Act extends string>(acts: readonly Act[]) {
  const [asking, set] = useQueryState('do', parseAsStringLiteral(acts));
  return [asking, (next: Act | null) => void set(next)] as const;
}

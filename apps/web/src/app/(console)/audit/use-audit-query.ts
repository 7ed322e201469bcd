'use client';
import { createSerializer, parseAsString, useQueryStates } from 'nuqs';
import { useMemo } from 'react';
import { useNow } from '@/ui/now';
import { readRange } from './time-range';

const params = {
  // How an act ended stands beside it; whoever wants outcomes as events of their own clears the filter.
  q: parseAsString.withDefault('-phase:outcome'),
  from: parseAsString.withDefault('now-24h'),
  to: parseAsString,
};

/** An address with filter and range; they are in the URL of the page a moment after they were given out. */
export const withAuditQuery = createSerializer(params);

/** Filter and range of the audit page, all in the URL. A relative range is asked anew once a minute. */
export function useAuditQuery() {
  const [query, setQuery] = useQueryStates(params);
  const now = useNow();
  const minute = now ? Math.floor(now.getTime() / 60_000) : null;
  const range = useMemo(
    () => (minute === null ? null : readRange(query.from, query.to, new Date((minute + 1) * 60_000))),
    [minute, query.from, query.to],
  );
  return { ...query, range, setQuery };
}

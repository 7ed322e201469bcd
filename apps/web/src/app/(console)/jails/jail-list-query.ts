'use client';
import { parseAsInteger, parseAsString, parseAsStringLiteral, useQueryStates } from 'nuqs';
import type { Density, Sort } from '@/ui/data-table';

export const densities: readonly Density[] = ['compact', 'default', 'comfortable'];

const params = {
  q: parseAsString.withDefault(''),
  /** a column, `-` before it for the other way round */
  sort: parseAsString.withDefault('name'),
  cols: parseAsString,
  density: parseAsStringLiteral(densities).withDefault('default'),
  peek: parseAsString,
  page: parseAsInteger.withDefault(1),
};

/** What the list of jails shows, all of it in the URL. */
export function useJailListQuery() {
  const [query, setQuery] = useQueryStates(params);
  const descending = query.sort.startsWith('-');
  const sort: Sort = { key: query.sort.slice(descending ? 1 : 0), descending };
  return { ...query, sort, setQuery };
}

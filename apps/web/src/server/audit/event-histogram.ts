import type { VerbContext } from '../verb-context.ts';
import { type EventQuery, filterOf, rangeOf, searchEvents } from './search-events.ts';

export interface Bucket {
  at: string;
  total: number;
  failed: number;
}

/** How many events fall into each of `buckets` equal parts of a range, and how many of them went wrong. */
export async function eventHistogram(
  ctx: Pick<VerbContext, 'db' | 'role'>,
  query: Pick<EventQuery, 'q' | 'from' | 'to'> & { buckets: number },
): Promise<Bucket[]> {
  const range = await rangeOf(ctx.db, query, new Date());
  const span = Math.max(1, range.to.getTime() - range.from.getTime());
  const buckets: Bucket[] = Array.from({ length: query.buckets }, (_, n) => ({
    at: new Date(range.from.getTime() + (span * n) / query.buckets).toISOString(),
    total: 0,
    failed: 0,
  }));
  const count = (index: number, bad: boolean, by: number) => {
    const bucket = buckets[Math.min(query.buckets - 1, Math.max(0, index))];
    if (!bucket) return;
    bucket.total += by;
    if (bad) bucket.failed += by;
  };
  if (filterOf(query.q) === null) {
    const rows = await ctx.db.$queryRaw<{ index: number; bad: boolean; count: bigint }[]>`
      SELECT floor((extract(epoch FROM at) * 1000 - ${range.from.getTime()}::float8) * ${query.buckets}::int / ${span}::float8)::int AS index,
        (phase = 'refusal' OR outcome IN ('failed', 'refused')) IS TRUE AS bad, count(*) AS count
      FROM audit_event WHERE at >= ${range.from}::timestamptz AND at <= ${range.to}::timestamptz GROUP BY 1, 2`;
    for (const row of rows) count(row.index, row.bad, Number(row.count));
    return buckets;
  }
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof searchEvents>> = await searchEvents(ctx, {
      ...query,
      cursor,
      limit: 1000,
    });
    for (const event of page.events) {
      const bad = event.phase === 'refusal' || event.outcome === 'failed' || event.outcome === 'refused';
      count(Math.floor(((Date.parse(event.at) - range.from.getTime()) * query.buckets) / span), bad, 1);
    }
    cursor = page.next;
  } while (cursor !== null);
  return buckets;
}

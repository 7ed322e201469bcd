import type { Metric } from '@cellblock/shared/exposition';
import { Prisma } from '../../generated/prisma/client.ts';
import type { Db } from '../db.ts';

const BUCKETS = [0.1, 0.3, 1, 3, 10, 30, 100] as const;

/** A scrape asks more often than this; all tasks that ever were are counted no more often. */
const KEPT_MS = 60_000;

interface Durations {
  kind: string;
  within: number[];
  count: number;
  sum: number;
}

const kept = new WeakMap<Db, { at: number; rows: Promise<Durations[]> }>();

/**
 * How long tasks took from being wanted to being true, by kind; those that ended otherwise are not in it. As it was
 * at most a minute ago.
 */
export async function taskDurations(db: Db, now: Date): Promise<Metric> {
  let known = kept.get(db);
  if (known === undefined || Math.abs(now.getTime() - known.at) >= KEPT_MS) {
    known = { at: now.getTime(), rows: count(db) };
    kept.set(db, known);
    known.rows.catch(() => kept.delete(db));
  }
  const rows = await known.rows;
  return {
    name: 'cellblock_task_duration_seconds',
    help: 'How long tasks took from being wanted to being true.',
    type: 'histogram',
    samples: rows.flatMap(({ kind, within, count, sum }) => [
      ...BUCKETS.map((le, index) => ({
        suffix: '_bucket',
        labels: { kind, le: String(le) },
        value: within[index] ?? 0,
      })),
      { suffix: '_bucket', labels: { kind, le: '+Inf' }, value: count },
      { suffix: '_sum', labels: { kind }, value: sum },
      { suffix: '_count', labels: { kind }, value: count },
    ]),
  };
}

/** One pass over the tasks. */
async function count(db: Db): Promise<Durations[]> {
  const within = BUCKETS.map((le) => Prisma.sql`(count(*) FILTER (WHERE seconds <= ${le}::float8))::int`);
  return await db.$queryRaw<Durations[]>`
    SELECT kind, count(*)::int AS count, sum(seconds)::float8 AS sum, ARRAY[${Prisma.join(within)}] AS within
    FROM (SELECT kind, extract(epoch FROM ended_at - created_at)::float8 AS seconds
          FROM task WHERE state = 'applied' AND ended_at IS NOT NULL) AS ended
    GROUP BY kind ORDER BY kind`;
}

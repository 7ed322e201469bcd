import type { Metric } from '@cellblock/shared/exposition';
import type { Db } from '../db.ts';

const BUCKETS = [0.1, 0.3, 1, 3, 10, 30, 100] as const;

/** How long tasks took from being wanted to being true, by kind; those that ended otherwise are not in it. */
export async function taskDurations(db: Db): Promise<Metric> {
  const rows = await db.$queryRaw<{ kind: string; within: number[]; count: number; sum: number }[]>`
    SELECT kind, count(*)::int AS count, sum(seconds)::float8 AS sum,
           ARRAY(SELECT (count(*) FILTER (WHERE one <= bucket))::int
                 FROM unnest(array_agg(seconds)) AS one, unnest(${[...BUCKETS]}::float8[]) AS bucket
                 GROUP BY bucket ORDER BY bucket) AS within
    FROM (SELECT kind, extract(epoch FROM ended_at - created_at)::float8 AS seconds
          FROM task WHERE state = 'applied' AND ended_at IS NOT NULL) AS ended
    GROUP BY kind ORDER BY kind`;
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

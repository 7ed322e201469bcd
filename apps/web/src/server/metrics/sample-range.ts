import { JailSample, KEPT_FOR_MS, SAMPLE_KEYS } from '@cellblock/shared/jail-sample';
import * as z from 'zod';
import type { Db } from '../db.ts';
import { findJail } from '../find-object.ts';
import { columnOf } from './record-samples.ts';

export const SampleRangeInput = z.object({
  jail: z.string().min(1),
  /** ms back from now */
  lastMs: z.int().min(60_000).max(KEPT_FOR_MS),
});

const MINUTE_MS = 60_000;
/** More points than a screen has columns nobody sees. */
const FINE_BELOW_MS = 3_600_000;

/** What a jail used in the last hour or day, oldest first: each sample of an hour, one of a minute of more. */
export async function sampleRange(
  db: Db,
  input: z.output<typeof SampleRangeInput>,
): Promise<{ from: string; to: string; everyMs: number; samples: JailSample[] }> {
  const jail = await findJail(db, input.jail);
  const to = new Date();
  const from = new Date(to.getTime() - input.lastMs);
  const fine = input.lastMs <= FINE_BELOW_MS;
  const rows = await db.$queryRaw<Record<string, unknown>[]>`
    SELECT * FROM jail_sample
    WHERE jail_id = ${jail.id}::uuid AND at >= ${from} AND (keep OR ${fine}) ORDER BY at`;
  const samples = rows.map((row) =>
    JailSample.parse({
      at: (row.at as Date).toISOString(),
      ...Object.fromEntries(SAMPLE_KEYS.map((key) => [key, row[columnOf(key)] ?? null])),
    }),
  );
  return { from: from.toISOString(), to: to.toISOString(), everyMs: fine ? 15_000 : MINUTE_MS, samples };
}

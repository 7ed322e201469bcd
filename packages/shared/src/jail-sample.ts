import * as z from 'zod';

const value = z.number().nullable();

/** What a jail used at one moment; sums as in JailUsage. Null: its host does not account for it. */
export const JailSample = z.object({
  at: z.iso.datetime(),
  memoryBytes: value,
  memoryPeakBytes: value,
  pids: value,
  cpuSeconds: value,
  throttledSeconds: value,
  ioReadBytes: value,
  ioWriteBytes: value,
  ioReadOperations: value,
  ioWriteOperations: value,
  cpuPressureSeconds: value,
  memoryPressureSeconds: value,
  ioPressureSeconds: value,
  oomKills: value,
});
export type JailSample = z.infer<typeof JailSample>;
export type SampleKey = Exclude<keyof JailSample, 'at'>;
export const SAMPLE_KEYS = Object.keys(JailSample.shape).filter((key) => key !== 'at') as SampleKey[];

export const SAMPLE_EVERY_MS = 15_000;
/** How long each sample is kept, and after that one of each minute. */
export const FINE_FOR_MS = 3_600_000;
export const KEPT_FOR_MS = 86_400_000;
/** Two samples further apart than this have nothing between them: nobody knows what was there. */
export const GAP_MS = 150_000;

/** Which quarter of a minute a moment is in. */
export function sampleSlot(at: Date): { at: string; keep: boolean } {
  const slot = new Date(Math.floor(at.getTime() / SAMPLE_EVERY_MS) * SAMPLE_EVERY_MS);
  return { at: slot.toISOString(), keep: slot.getUTCSeconds() === 0 };
}

export interface SeriesPoint {
  /** ms since 1970 */
  at: number;
  /** null: unknown, and nothing is drawn from here to the next */
  value: number | null;
}

/** A measured value over time, with a gap where nothing was reported. */
export function gaugeSeries(samples: readonly JailSample[], key: SampleKey): SeriesPoint[] {
  return withGaps(samples.map((sample) => ({ at: Date.parse(sample.at), value: sample[key] })));
}

/** What a sum grew by per second; a sum that fell began anew, and says nothing about the time between. */
export function rateSeries(samples: readonly JailSample[], key: SampleKey): SeriesPoint[] {
  const points: SeriesPoint[] = [];
  for (const [index, sample] of samples.entries()) {
    const before = samples[index - 1];
    const at = Date.parse(sample.at);
    const [now, then] = [sample[key], before?.[key] ?? null];
    const seconds = before ? (at - Date.parse(before.at)) / 1000 : 0;
    const known = now !== null && then !== null && now >= then && seconds * 1000 <= GAP_MS;
    points.push({ at, value: known && seconds > 0 ? (now - then) / seconds : null });
  }
  return withGaps(points);
}

/** The moments at which a counter grew, and by how much: OOM kills. */
export function growths(samples: readonly JailSample[], key: SampleKey): { at: number; by: number }[] {
  return samples.flatMap((sample, index) => {
    const [now, then] = [sample[key] ?? 0, samples[index - 1]?.[key] ?? 0];
    if (index === 0 || now === then) return [];
    return now > then ? [{ at: Date.parse(sample.at), by: now - then }] : [];
  });
}

function withGaps(points: SeriesPoint[]): SeriesPoint[] {
  return points.flatMap((point, index) => {
    const before = points[index - 1];
    const gap = before !== undefined && point.at - before.at > GAP_MS;
    return gap ? [{ at: before.at + 1, value: null }, point] : [point];
  });
}

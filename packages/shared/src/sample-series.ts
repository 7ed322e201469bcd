import type { JailSample, SampleKey } from './jail-sample.ts';

/** Two samples further apart than this have nothing between them: nobody knows what was there. */
export const GAP_MS = 150_000;

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

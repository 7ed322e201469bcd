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

/** Which quarter of a minute a moment is in. */
export function sampleSlot(at: Date): { at: string; keep: boolean } {
  const slot = new Date(Math.floor(at.getTime() / SAMPLE_EVERY_MS) * SAMPLE_EVERY_MS);
  return { at: slot.toISOString(), keep: slot.getUTCSeconds() === 0 };
}

import * as z from 'zod';

const sum = z.number().nullable().optional();

/**
 * What a running jail uses, as its host accounts for it. Sums (seconds, bytes, times) begin with the jail's control
 * group, so they fall back to nothing when it is started anew; null: the host does not account for it; absent: its
 * agent does not say.
 */
export const JailUsage = z.object({
  /** when the host looked, by its clock: where there are many jails not each report looks at each */
  at: z.iso.datetime().optional(),
  memoryBytes: z.number().nullable(),
  cpuSeconds: z.number().nullable(),
  pids: z.number().nullable(),
  memoryPeakBytes: sum,
  /** without the cache of files, which the kernel gives back when a limit asks for it */
  memoryNeededBytes: sum,
  throttledSeconds: sum,
  throttledTimes: sum,
  ioReadBytes: sum,
  ioWriteBytes: sum,
  ioReadOperations: sum,
  ioWriteOperations: sum,
  /** seconds in which a process of it waited for the processor, memory, the disk (PSI) */
  cpuPressureSeconds: sum,
  memoryPressureSeconds: sum,
  ioPressureSeconds: sum,
  /** processes of it that the kernel killed because its memory was full */
  oomKills: sum,
  /** of its own directory, where that is counted (decision 24): on the disk, not in the group */
  storageBytes: sum,
  /** files, directories and links */
  storageFiles: sum,
});
export type JailUsage = z.infer<typeof JailUsage>;

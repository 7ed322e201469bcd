import * as z from 'zod';

/** One process of a jail, as its host sees it. Texts are the jail's own words: whoever shows them shows them inert. */
export const JailProcess = z.object({
  /** on the host */
  pid: z.int(),
  /** in the jail's own table; null: it is about to leave */
  jailPid: z.int().nullable(),
  /** host pid of its parent; one outside the jail is not among the processes */
  parent: z.int(),
  /** clock ticks since boot; with the pid it means this process and no other, ever */
  startTime: z.int(),
  /** in the jail; null: an id that is not of the jail's range */
  uid: z.int().nullable(),
  /** R, S, D, Z, T, … */
  state: z.string(),
  threads: z.int(),
  memoryBytes: z.number(),
  cpuSeconds: z.number(),
  name: z.string(),
  /** null: it shows none, as kernel threads and the dead do */
  command: z.string().nullable(),
});
export type JailProcess = z.infer<typeof JailProcess>;

export const JailProcesses = z.object({
  processes: z.array(JailProcess),
  /** how many there are; more than are listed when the list is cut */
  total: z.int(),
});
export type JailProcesses = z.infer<typeof JailProcesses>;

/** What may be sent from outside: to end a process, to have it read its files anew, and nothing that stops the clock of
 *  a jail unnoticed. */
export const JailSignal = z.enum(['TERM', 'KILL', 'INT', 'HUP', 'USR1', 'USR2']);
export type JailSignal = z.infer<typeof JailSignal>;

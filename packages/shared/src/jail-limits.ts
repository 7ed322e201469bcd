import * as z from 'zod';

const perSecond = (unit: string) =>
  z
    .int()
    .min(1, `is below 1 ${unit} per second: nothing would ever be done`)
    .max(2 ** 50)
    .nullable()
    .default(null);

/** What a jail may use, as its control group holds it; null is no limit of our own. Swap is not among them: a jail
 *  with a limit on memory gets none (decision 14). */
export const JailLimits = z.object({
  /** bytes */
  memory: z
    .int()
    .min(4 * 1024 * 1024, 'is below 4 MiB: no process would start')
    .nullable()
    .default(null),
  /** cores; 0.5 is half of one */
  cpus: z.number().min(0.01, 'is below 0.01 of a core').max(1024).nullable().default(null),
  /** share of the processor when others want it too; 100 is everybody's */
  cpuWeight: z.int().min(1, 'is below 1').max(10_000).nullable().default(null),
  pids: z
    .int()
    .min(2, 'is below 2: no process could be started beside pid 1')
    .max(4194304)
    .nullable()
    .default(null),
  /** of the disk that the data directory lies on, and so the jail's storage */
  ioReadBytes: perSecond('byte'),
  ioWriteBytes: perSecond('byte'),
  ioReadOperations: perSecond('operation'),
  ioWriteOperations: perSecond('operation'),
  /** share of that disk when others want it too; 100 is everybody's */
  ioWeight: z.int().min(1, 'is below 1').max(1_000).nullable().default(null),
});
export type JailLimits = z.infer<typeof JailLimits>;
export type JailLimit = keyof JailLimits;

export const NO_LIMITS: JailLimits = JailLimits.parse({});
export const JAIL_LIMITS = Object.keys(NO_LIMITS) as JailLimit[];

/** The kernel's own weight: nobody can tell it from none. */
const USUAL_WEIGHT = 100;
const WEIGHTS: ReadonlySet<JailLimit> = new Set(['cpuWeight', 'ioWeight']);

export function sameLimit(limit: JailLimit, a: number | null, b: number | null): boolean {
  return WEIGHTS.has(limit) ? (a ?? USUAL_WEIGHT) === (b ?? USUAL_WEIGHT) : a === b;
}

export function sameLimits(a: JailLimits, b: JailLimits): boolean {
  return JAIL_LIMITS.every((limit) => sameLimit(limit, a[limit], b[limit]));
}

/** What a host needs to hold a limit: a controller of the kernel, or for `io-weight` also a scheduler of the disk. */
export const LIMIT_NEEDS: Record<JailLimit, string> = {
  memory: 'memory',
  cpus: 'cpu',
  cpuWeight: 'cpu',
  pids: 'pids',
  ioReadBytes: 'io',
  ioWriteBytes: 'io',
  ioReadOperations: 'io',
  ioWriteOperations: 'io',
  ioWeight: 'io-weight',
};

/** The limits that are asked for and that a host with these controllers cannot hold. */
export function limitsWithoutController(limits: JailLimits, controllers: readonly string[]): JailLimit[] {
  return JAIL_LIMITS.filter((limit) => limits[limit] !== null && !controllers.includes(LIMIT_NEEDS[limit]));
}

/** Written as sizes: 256M. */
export const SIZE_LIMITS: ReadonlySet<JailLimit> = new Set(['memory', 'ioReadBytes', 'ioWriteBytes']);

/** The option of the command line for each. */
export const LIMIT_OPTIONS: Record<JailLimit, string> = {
  memory: '--memory',
  cpus: '--cpus',
  cpuWeight: '--cpu-weight',
  pids: '--pids',
  ioReadBytes: '--io-read',
  ioWriteBytes: '--io-write',
  ioReadOperations: '--io-reads',
  ioWriteOperations: '--io-writes',
  ioWeight: '--io-weight',
};

/** The bounds that a host sets for limits, and what they count in. */
export const BOUNDED = [
  ['memory', 'maxMemory', 'bytes'],
  ['cpus', 'maxCpus', 'cores'],
  ['pids', 'maxPids', 'processes'],
  ['cpuWeight', 'maxCpuWeight', 'of weight'],
  ['ioReadBytes', 'maxIoReadBytes', 'bytes read a second'],
  ['ioWriteBytes', 'maxIoWriteBytes', 'bytes written a second'],
] as const;

/** What each limit is called where people read it. */
const WORDS: Record<JailLimit, (value: number) => string> = {
  memory: (value) => `${value} bytes of memory`,
  cpus: (value) => `${value} cores`,
  cpuWeight: (value) => `a weight of ${value} for the processor`,
  pids: (value) => `${value} processes`,
  ioReadBytes: (value) => `reading ${value} bytes a second`,
  ioWriteBytes: (value) => `writing ${value} bytes a second`,
  ioReadOperations: (value) => `${value} reads a second`,
  ioWriteOperations: (value) => `${value} writes a second`,
  ioWeight: (value) => `a weight of ${value} for the disk`,
};

/** `67108864 bytes of memory, 20 processes`; `nothing of its own` when there is no limit. */
export function limitsText(limits: JailLimits): string {
  const parts = JAIL_LIMITS.flatMap((limit) => {
    const value = limits[limit];
    return value === null ? [] : [WORDS[limit](value)];
  });
  return parts.length === 0 ? 'nothing of its own' : parts.join(', ');
}

import type { CgroupLimits } from '../kernel.ts';
import { readDiskLimits } from './disk-limits.ts';
import { readGroupFile } from './group-files.ts';
import type { Place } from './place.ts';

/** One value to write into a group's file; the values of one limit are written in order. */
export interface LimitWrite {
  controller: 'memory' | 'cpu' | 'pids' | 'io';
  file: string;
  value: string;
  /** Absent on some hosts, and then without meaning. */
  optional?: boolean;
  /** What puts the old value back, where the file's own text does not. */
  back?: string;
}

const PERIOD_US = 100_000;
/** The least the kernel takes. */
const MIN_QUOTA_US = 1_000;
/** What v1 shows for no limit: the largest multiple of a page. */
const UNLIMITED_V1 = 2 ** 62;
const USUAL_WEIGHT = 100;
/** v1's share of a group that nobody has given one. */
const USUAL_SHARES = 1_024;

const quota = (cpus: number) => Math.max(MIN_QUOTA_US, Math.round(cpus * PERIOD_US));

/** What to write for a limit on memory in v1, whose limit on memory with swap must never be below it. */
function memoryV1(memory: number | null, withSwapNow: number): LimitWrite[] {
  const value = memory === null ? '-1' : String(memory);
  const limit: LimitWrite = { controller: 'memory', file: 'memory.limit_in_bytes', value };
  const withSwap: LimitWrite = {
    controller: 'memory',
    file: 'memory.memsw.limit_in_bytes',
    value,
    optional: true,
  };
  return memory === null || memory > withSwapNow ? [withSwap, limit] : [limit, withSwap];
}

/** In v2 swap is counted apart: a group with a limit gets none, or its limit would only be where swapping begins. */
function memoryV2(memory: number | null): LimitWrite[] {
  return [
    {
      controller: 'memory',
      file: 'memory.swap.max',
      value: memory === null ? 'max' : '0',
      optional: true,
    },
    { controller: 'memory', file: 'memory.max', value: String(memory ?? 'max') },
  ];
}

function weightWrite(weight: number | null, version: 1 | 2): LimitWrite {
  const value = weight ?? USUAL_WEIGHT;
  if (version === 2) return { controller: 'cpu', file: 'cpu.weight', value: String(value) };
  const shares = Math.round((value * USUAL_SHARES) / USUAL_WEIGHT);
  return { controller: 'cpu', file: 'cpu.shares', value: String(shares) };
}

/** What to write for these limits where a controller has this version; `withSwapNow` is v1's present limit on
 *  memory with swap, in bytes. Those on io are apart, in disk-limits. */
export function limitWrites(
  limits: CgroupLimits,
  version: (controller: LimitWrite['controller']) => 1 | 2,
  withSwapNow: number,
): LimitWrite[] {
  const writes: LimitWrite[] = [];
  const { memory, cpus, cpuWeight, pids } = limits;
  if (memory !== undefined) {
    if (version('memory') === 1) writes.push(...memoryV1(memory, withSwapNow));
    else writes.push(...memoryV2(memory));
  }
  if (cpus !== undefined) {
    const value = cpus === null ? null : quota(cpus);
    if (version('cpu') === 2) {
      writes.push({ controller: 'cpu', file: 'cpu.max', value: `${value ?? 'max'} ${PERIOD_US}` });
    } else {
      if (value !== null) {
        writes.push({ controller: 'cpu', file: 'cpu.cfs_period_us', value: String(PERIOD_US) });
      }
      writes.push({ controller: 'cpu', file: 'cpu.cfs_quota_us', value: String(value ?? -1) });
    }
  }
  if (cpuWeight !== undefined) writes.push(weightWrite(cpuWeight, version('cpu')));
  if (pids !== undefined) writes.push({ controller: 'pids', file: 'pids.max', value: String(pids ?? 'max') });
  return writes;
}

/** A limit as a number, null when there is none. */
export function limitNumber(text: string | null | undefined): number | null {
  if (text === null || text === undefined || text === 'max' || text === '-1') return null;
  return Number(text) >= UNLIMITED_V1 ? null : Number(text);
}

export const weightOrNull = (weight: number) => (weight === USUAL_WEIGHT ? null : weight);

/** The limits that hold for a group, given where its controllers are (null: not on this host); those on io only
 *  for a disk. */
export function readLimits(
  place: (controller: string) => Place | null,
  device: string | null = null,
): CgroupLimits {
  const limits: CgroupLimits = {};
  const memory = place('memory');
  if (memory) {
    const file = memory.version === 1 ? 'memory.limit_in_bytes' : 'memory.max';
    limits.memory = limitNumber(readGroupFile(memory.group, file));
  }
  const cpu = place('cpu');
  if (cpu?.version === 2) {
    const [max = 'max', period = String(PERIOD_US)] = readGroupFile(cpu.group, 'cpu.max')?.split(' ') ?? [];
    limits.cpus = max === 'max' ? null : Number(max) / Number(period);
    limits.cpuWeight = weightOrNull(Number(readGroupFile(cpu.group, 'cpu.weight') ?? USUAL_WEIGHT));
  } else if (cpu) {
    const microseconds = limitNumber(readGroupFile(cpu.group, 'cpu.cfs_quota_us'));
    const period = Number(readGroupFile(cpu.group, 'cpu.cfs_period_us'));
    limits.cpus = microseconds === null ? null : microseconds / period;
    const shares = Number(readGroupFile(cpu.group, 'cpu.shares') ?? USUAL_SHARES);
    limits.cpuWeight = weightOrNull(Math.round((shares * USUAL_WEIGHT) / USUAL_SHARES));
  }
  const pids = place('pids');
  if (pids) limits.pids = limitNumber(readGroupFile(pids.group, 'pids.max'));
  const io = place('io');
  if (io && device !== null) Object.assign(limits, readDiskLimits(io, device));
  return limits;
}

import type { CgroupAccount, CgroupUsage } from '../kernel.ts';
import { diskUse } from './disk-use.ts';
import { keyedNumber, readGroupFile } from './group-files.ts';
import { neededMemory, usedMemory } from './memory-use.ts';
import type { Place } from './place.ts';

/** What a group uses, by the files of each controller; null where the host does not account for it. */
export function readUsage(place: (controller: string) => Place | null, unified: string | null): CgroupUsage {
  const memory = place('memory');
  const cpu = unified === null ? null : readGroupFile(unified, 'cpu.stat');
  const microseconds = keyedNumber(cpu, 'usage_usec');
  const account = place('cpuacct');
  const nanoseconds = account ? readGroupFile(account.group, 'cpuacct.usage') : null;
  const pids = place('pids');
  const running = pids && readGroupFile(pids.group, 'pids.current');
  return {
    memoryBytes: memory && usedMemory(memory),
    // v1 counts what v2 does not see: processes that are in the v1 group only
    cpuSeconds: nanoseconds !== null ? Number(nanoseconds) / 1e9 : microseconds && microseconds / 1e6,
    pids: running === null ? null : Number(running),
    oomKills: memory
      ? keyedNumber(
          readGroupFile(memory.group, memory.version === 1 ? 'memory.oom_control' : 'memory.events'),
          'oom_kill',
        )
      : null,
  };
}

/** The same with what takes longer to read. `device`: the disk whose use is asked for. */
export function readAccount(
  place: (controller: string) => Place | null,
  unified: string | null,
  device: string | null,
): CgroupAccount {
  const memory = place('memory');
  const peak = memory && readGroupFile(memory.group, PEAK[memory.version]);
  const io = place('io');
  return {
    ...readUsage(place, unified),
    memoryPeakBytes: peak === null ? null : Number(peak),
    memoryNeededBytes: memory && neededMemory(memory),
    ...throttling(place('cpu')),
    ...diskUse(io, device),
    // The v2 tree has them whoever owns the controllers
    cpuPressureSeconds: pressure(unified, 'cpu'),
    memoryPressureSeconds: pressure(unified, 'memory'),
    ioPressureSeconds: pressure(unified, 'io'),
  };
}

const PEAK = { 1: 'memory.max_usage_in_bytes', 2: 'memory.peak' } as const;

function throttling(cpu: Place | null): Pick<CgroupAccount, 'throttledSeconds' | 'throttledTimes'> {
  const stat = cpu && readGroupFile(cpu.group, 'cpu.stat');
  const waited =
    cpu?.version === 1
      ? scaled(keyedNumber(stat, 'throttled_time'), 1e9)
      : scaled(keyedNumber(stat, 'throttled_usec'), 1e6);
  return { throttledSeconds: waited, throttledTimes: keyedNumber(stat, 'nr_throttled') };
}

const scaled = (value: number | null, by: number) => (value === null ? null : value / by);

/** Null when the kernel was built or booted without it. */
function pressure(unified: string | null, of: 'cpu' | 'memory' | 'io'): number | null {
  const text = unified === null ? null : readGroupFile(unified, `${of}.pressure`);
  const total = /^some .*total=(\d+)/m.exec(text ?? '')?.[1];
  return total === undefined ? null : Number(total) / 1e6;
}

import type { CgroupLimits } from '../kernel.ts';
import { KernelError } from '../kernel-error.ts';
import { diskWrites } from './disk-limits.ts';
import { readGroupFile, writeGroupFile } from './group-files.ts';
import { type LimitWrite, limitWrites } from './limits.ts';
import { neededMemory } from './memory-use.ts';
import type { Place } from './place.ts';

/** All of these limits hold for a group, or, when one is refused, those from before. `device`: the disk of those
 *  on io. */
export async function writeLimits(
  step: string,
  place: (controller: string) => Place | null,
  limits: CgroupLimits,
  device: string | null,
) {
  const memory = place('memory');
  const withSwap = memory && readGroupFile(memory.group, 'memory.memsw.limit_in_bytes');
  const writes = limitWrites(limits, (one) => place(one)?.version ?? 2, Number(withSwap ?? 0));
  refuseBelowUse(step, place, limits);
  writes.push(...writesForDisk(step, place('io'), limits, device));

  const undo: (() => Promise<void>)[] = [];
  try {
    for (const write of writes) undo.unshift(...(await writeLimit(step, place(write.controller), write)));
  } catch (error) {
    for (const back of undo) await back().catch(() => undefined);
    throw error;
  }
}

const ON_IO = ['ioReadBytes', 'ioWriteBytes', 'ioReadOperations', 'ioWriteOperations', 'ioWeight'] as const;

function writesForDisk(
  step: string,
  place: Place | null,
  limits: CgroupLimits,
  device: string | null,
): LimitWrite[] {
  if (ON_IO.every((name) => limits[name] === undefined)) return [];
  if (place === null) throw new KernelError(step, 'EOPNOTSUPP', 95, missing('io'));
  if (device === null) throw new KernelError(step, 'EOPNOTSUPP', 95, 'the data directory lies on no disk');
  return diskWrites(limits, place, device);
}

/** v2 would kill processes to get below a new limit on memory, v1 refuses; and with more processes than it may have a
 *  group could start none, not even to end itself. Here both refuse all. */
function refuseBelowUse(step: string, place: (controller: string) => Place | null, limits: CgroupLimits) {
  const memory = place('memory');
  if (memory && limits.memory != null) {
    const inUse = neededMemory(memory) ?? 0;
    if (inUse > limits.memory) throw new KernelError(step, 'EBUSY', 16, `${inUse} bytes are in use`);
  }
  const pids = place('pids');
  if (pids && limits.pids != null) {
    const running = Number(readGroupFile(pids.group, 'pids.current') ?? 0);
    if (running > limits.pids) throw new KernelError(step, 'EBUSY', 16, `${running} processes run`);
  }
}

const missing = (controller: string) => `this host does not offer the controller ${controller}`;

/** Writes one value and answers how to put the old one back. */
async function writeLimit(
  step: string,
  place: Place | null,
  { controller, file, value, optional, back }: LimitWrite,
): Promise<(() => Promise<void>)[]> {
  const before = place && readGroupFile(place.group, file);
  if (!place || before === null) {
    if (optional) return [];
    const cause =
      place && file.includes('weight') ? 'nothing shares out its disk by weight' : missing(controller);
    throw new KernelError(step, 'EOPNOTSUPP', 95, cause);
  }
  await writeGroupFile(place.group, file, value);
  return [() => writeGroupFile(place.group, file, back ?? before)];
}

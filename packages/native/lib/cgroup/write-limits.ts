import type { CgroupLimits } from '../kernel.ts';
import { KernelError } from '../kernel-error.ts';
import { readGroupFile, writeGroupFile } from './group-files.ts';
import { type LimitWrite, limitWrites } from './limits.ts';
import type { Place } from './place.ts';

/** All of these limits hold for a group, or, when one is refused, those from before. */
export async function writeLimits(
  step: string,
  place: (controller: string) => Place | null,
  limits: CgroupLimits,
) {
  const memory = place('memory');
  const withSwap = memory && readGroupFile(memory.group, 'memory.memsw.limit_in_bytes');
  const writes = limitWrites(limits, (one) => place(one)?.version ?? 2, Number(withSwap ?? 0));
  refuseBelowUse(step, memory, limits.memory ?? null);

  const undo: (() => Promise<void>)[] = [];
  try {
    for (const write of writes) undo.unshift(...(await writeLimit(step, place(write.controller), write)));
  } catch (error) {
    for (const back of undo) await back().catch(() => undefined);
    throw error;
  }
}

/** v2 would kill processes to get below a new limit, v1 refuses: here both refuse. */
function refuseBelowUse(step: string, memory: Place | null, limit: number | null) {
  if (memory?.version !== 2 || limit === null) return;
  const inUse = Number(readGroupFile(memory.group, 'memory.current'));
  if (inUse > limit) throw new KernelError(step, 'EBUSY', 16, `${inUse} bytes are in use`);
}

/** Writes one value and answers how to put the old one back. */
async function writeLimit(
  step: string,
  place: Place | null,
  { controller, file, value, optional }: LimitWrite,
): Promise<(() => Promise<void>)[]> {
  const before = place && readGroupFile(place.group, file);
  if (!place || before === null) {
    if (optional) return [];
    throw new KernelError(step, 'EOPNOTSUPP', 95, `this host does not offer the controller ${controller}`);
  }
  await writeGroupFile(place.group, file, value);
  return [() => writeGroupFile(place.group, file, before)];
}

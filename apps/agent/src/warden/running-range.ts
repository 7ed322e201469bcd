import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Of /proc/PID/stat, after the name, which may hold anything. */
const STATE = 0;
const THREADS = 17;
const START_TIME = 19;

/**
 * The first process of the tree that runs with this range of ids, as `spawn` has written it down beside the claims
 * (running_range.cc): BASE.tree, `PID TICKS BOOT`, with the moment at which it was written, in hundredths of a second
 * since that boot. null: nobody has them.
 */
export function runningIn(registry: string, base: number): number | null {
  const [line = ''] = textOf(join(registry, `${base}.tree`)).split('\n');
  const [number, ticks, boot] = line.trim().split(/\s+/);
  const [pid, knownAt] = [Number(number), Number(ticks)];
  if (!(pid > 0 && knownAt >= 0)) return null;
  // Where /run is on a disk the line outlives the boot, and whoever has the number now began early. Earlier versions
  // did not write of which boot it is.
  if (boot !== undefined && boot !== textOf('/proc/sys/kernel/random/boot_id').trim()) return null;
  const stat = textOf(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // Its parent has not asked for it yet; with threads that live on it is none.
  const isOver = 'ZX'.includes(fields[STATE] ?? 'X') && Number(fields[THREADS]) <= 1;
  // A number is given away again, but not to a process that began before it was written down.
  return !isOver && Number(fields[START_TIME]) <= knownAt ? pid : null;
}

/** Empty when there is no such file. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

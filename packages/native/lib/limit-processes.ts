import { constants } from 'node:os';
import type { Kernel, ProcessLimit } from './kernel.ts';
import { isKernelError, KernelError } from './kernel-error.ts';
import { type LimitChange, limitOf } from './limit-change.ts';

export type LimitVerbs = Pick<Kernel, 'readProcessLimits' | 'setProcessLimit' | 'processStartTime'>;

/** A process that is just being started appears in its group after it took its maker's limits, and a command on its
 *  way in sets those that it was sent with: whoever is slow is met by the second quiet look. */
const QUIET_MS = 100;
/** Processes that change their own limits all the time are told, not waited for. */
const MOST_LOOKS = 50;

interface Due {
  pid: number;
  startTime: number;
  resource: string;
  limit: ProcessLimit;
  raises: boolean;
}

/**
 * Every process that `list` names has what the change gives it, also those that are started meanwhile. Fails with the
 * first process that refuses: when it is the first of all (`begun` was not called), none was changed.
 */
export async function limitProcesses(
  kernel: LimitVerbs,
  o: { list: () => number[]; change: LimitChange; begun: () => void },
): Promise<void> {
  for (let looks = 0, quiet = 0; quiet < 2; looks += 1) {
    if (looks === MOST_LOOKS)
      throw refusal('limit the processes of the tree', 'EAGAIN', 'they change their own limits all the time');
    if (quiet > 0) await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
    const changed = await limitOnce(kernel, o);
    quiet = changed ? 0 : quiet + 1;
  }
}

async function limitOnce(kernel: LimitVerbs, o: Parameters<typeof limitProcesses>[1]): Promise<boolean> {
  const due = (await Promise.all(o.list().map((pid) => dueOf(kernel, pid, o.change)))).flat();
  if (due.length === 0) return false;
  // Looked at again: a number that is listed now was nobody else's when its start time was read, or is told by it.
  const listed = new Set(o.list());
  // What may be refused comes first, while nothing has been changed.
  const ordered = due
    .filter(({ pid }) => listed.has(pid))
    .sort((a, b) => Number(b.raises) - Number(a.raises));
  for (const [at, one] of ordered.entries()) {
    try {
      const { raises: _, ...limit } = one;
      await kernel.setProcessLimit({ ...limit, ...one.limit });
      o.begun();
    } catch (error) {
      if (isKernelError(error, 'ESRCH')) continue;
      if (!isKernelError(error)) throw error;
      const left = ordered.slice(at);
      throw refusal(error.step, error.code, `${told(left, error.code)}; changed before it: ${at}`);
    }
  }
  return true;
}

async function dueOf(kernel: LimitVerbs, pid: number, change: LimitChange): Promise<Due[]> {
  const limits = await kernel.readProcessLimits({ pid });
  if (!limits) return [];
  const due = Object.entries(change).flatMap(([resource, one]) => {
    const now = limits[resource];
    const limit = now && limitOf(now, one);
    if (!now || !limit) return [];
    const raises = now.hard !== null && (limit.hard === null || limit.hard > now.hard);
    return [{ resource, limit, raises }];
  });
  if (due.length === 0) return [];
  const startTime = await kernel.processStartTime({ pid });
  return startTime === null ? [] : due.map((one) => ({ pid, startTime, ...one }));
}

const NAMED = 5;

/** `not changed: nofile of process 12, nofile of process 13 and 7 more` */
function told(left: readonly Due[], code: string): string {
  const names = left.slice(0, NAMED).map(({ pid, resource }) => `${resource} of process ${pid}`);
  const more = left.length > NAMED ? ` and ${left.length - NAMED} more` : '';
  const why = code === 'EPERM' ? 'root of this host may not raise a hard limit, or not so far; ' : '';
  return `${why}not changed: ${names.join(', ')}${more}`;
}

function refusal(step: string, code: string, detail: string): KernelError {
  return new KernelError(step, code, constants.errno[code as keyof typeof constants.errno] ?? 0, detail);
}

import { setTimeout as sleep } from 'node:timers/promises';
import { KernelError } from '../kernel-error.ts';
import { processesBelow, readGroupFile, writeGroupFile } from './group-files.ts';

const PATIENCE_MS = 10_000;
const PAUSE_MS = 10;

function sendKill(pid: number) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Kills every process in these groups of one name. `unified` is the one in the v2 tree, `freezer` that of v1. */
export async function killGroups(groups: string[], unified: string | null, freezer: string | null) {
  const remaining = () => new Set(groups.flatMap(processesBelow));
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const pids = remaining();
    if (pids.size === 0) return;
    if (performance.now() > deadline) {
      throw new KernelError('kill the processes of a control group', 'EBUSY', 16, `${[...pids]} still live`);
    }
    if (unified !== null && readGroupFile(unified, 'cgroup.procs') !== null) {
      await writeGroupFile(unified, 'cgroup.kill', '1').catch(() => undefined);
    }
    // Frozen processes neither fork nor give up their numbers between the look and the signal
    await freeze(freezer, 'FROZEN');
    for (const pid of remaining()) sendKill(pid);
    // They die only when they run again
    await freeze(freezer, 'THAWED');
    await sleep(PAUSE_MS);
  }
}

async function freeze(group: string | null, state: 'FROZEN' | 'THAWED') {
  if (group === null || readGroupFile(group, 'freezer.state') === null) return;
  await writeGroupFile(group, 'freezer.state', state);
}

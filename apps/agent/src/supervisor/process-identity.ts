import { readFileSync } from 'node:fs';

/**
 * A process that cannot be taken for another: the kernel reuses pids, but never a pid with its start time.
 * `startTime` is field 22 of /proc/PID/stat, in clock ticks since boot.
 */
export type ProcessIdentity = { pid: number; startTime: string };

/** The process as it is now; null when there is none, or only a zombie. */
export function identityOf(pid: number): ProcessIdentity | null {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return null;
  }
  // The command's name may hold spaces and parentheses; the fields begin after the last ')'.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, startTime] = [fields[0], fields[19]];
  if (state === 'Z' || state === 'X' || startTime === undefined) return null;
  return { pid, startTime };
}

/** Whether that very process still lives. */
export function isAlive(identity: ProcessIdentity): boolean {
  return identityOf(identity.pid)?.startTime === identity.startTime;
}

/** Sends a signal to that very process; false when it is gone. */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  if (!isAlive(identity)) return false;
  try {
    return process.kill(identity.pid, signal);
  } catch {
    return false;
  }
}

/** Resolves true when the process is gone, false when it outlives the deadline. */
export async function waitForExit(
  identity: ProcessIdentity,
  milliseconds: number,
  lookEvery = 20,
): Promise<boolean> {
  const deadline = Date.now() + milliseconds;
  while (isAlive(identity)) {
    if (Date.now() >= deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, lookEvery));
  }
  return true;
}

/** Ends the process: asks, and after the grace forces. */
export async function endProcess(
  identity: ProcessIdentity,
  graceMilliseconds: number,
  signal: NodeJS.Signals = 'SIGTERM',
): Promise<void> {
  signalProcess(identity, signal);
  if (await waitForExit(identity, graceMilliseconds)) return;
  signalProcess(identity, 'SIGKILL');
  await waitForExit(identity, 5_000);
}

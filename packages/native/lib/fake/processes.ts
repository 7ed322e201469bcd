import type { Kernel, ProcessLimit } from '../kernel.ts';
import { usualLimits } from './process-limits.ts';
import { refuse, type World } from './world.ts';

type Options<Verb extends keyof Kernel> = Parameters<Kernel[Verb]>[0];

export interface FakeProcess {
  pid: number;
  startTime: number;
  /** Settles when the process has ended. */
  ended: Promise<void>;
  end: () => void;
  limits: Map<string, ProcessLimit>;
}

/** A process appears, in a group when one is named; nothing runs in it. */
export function startProcess(world: World, o: { cgroup?: string } = {}): FakeProcess {
  const group = o.cgroup === undefined ? undefined : world.cgroups.get(o.cgroup);
  if (o.cgroup !== undefined && !group) refuse(`find control group ${o.cgroup}`, 'ENOENT');
  const { promise, resolve } = Promise.withResolvers<void>();
  world.lastPid += 1;
  const limits = usualLimits();
  const startTime = world.lastPid * 100;
  const process = { pid: world.lastPid, startTime, ended: promise, end: resolve, limits };
  world.processes.set(process.pid, process);
  group?.pids.add(process.pid);
  return process;
}

export function endProcess(world: World, pid: number) {
  world.processes.get(pid)?.end();
  world.processes.delete(pid);
  for (const group of world.cgroups.values()) group.pids.delete(pid);
}

export function processOf(world: World, o: { pid: number; startTime: number }): FakeProcess {
  const step = `find process ${o.pid} started at ${o.startTime}`;
  world.begin(step);
  const process = world.processes.get(o.pid) ?? refuse(step, 'ESRCH');
  if (process.startTime !== o.startTime) refuse(step, 'ESRCH', "the number now is another's");
  return process;
}

export function processStartTime(world: World, o: Options<'processStartTime'>): number | null {
  return world.processes.get(o.pid)?.startTime ?? null;
}

/** SIGKILL, SIGTERM, SIGINT and SIGHUP end a process; others do nothing to it. */
export function signalProcess(world: World, o: Options<'signalProcess'>) {
  const process = processOf(world, o);
  if ([1, 2, 9, 15].includes(o.signal)) endProcess(world, process.pid);
}

export async function waitProcess(world: World, o: Options<'waitProcess'>): Promise<void> {
  await processOf(world, o).ended;
}

import type { Kernel, ProcessLimit } from '../kernel.ts';
import { processOf } from './processes.ts';
import { refuse, type World } from './world.ts';

type Options<Verb extends keyof Kernel> = Parameters<Kernel[Verb]>[0];

const UNLIMITED: ProcessLimit = { soft: null, hard: null };

/** What a process has that nobody limited. */
export function usualLimits(): Map<string, ProcessLimit> {
  return new Map([
    ['as', UNLIMITED],
    ['core', { soft: 0, hard: null }],
    ['cpu', UNLIMITED],
    ['data', UNLIMITED],
    ['fsize', UNLIMITED],
    ['memlock', { soft: 8 * 2 ** 20, hard: 8 * 2 ** 20 }],
    ['msgqueue', { soft: 819_200, hard: 819_200 }],
    ['nofile', { soft: 20_000, hard: 20_000 }],
    ['nproc', { soft: 30_000, hard: 30_000 }],
    ['sigpending', { soft: 30_000, hard: 30_000 }],
    ['stack', { soft: 8 * 2 ** 20, hard: null }],
  ]);
}

const amount = (value: number | null) => value ?? Number.POSITIVE_INFINITY;

export function readProcessLimits(world: World, { pid }: Options<'readProcessLimits'>) {
  world.begin(`read the limits of process ${pid}`);
  const limits = world.processes.get(pid)?.limits;
  return limits ? Object.fromEntries(limits) : null;
}

export function setProcessLimit(world: World, o: Options<'setProcessLimit'>) {
  const { pid, resource, soft, hard } = o;
  const step = `set limit ${resource} of process ${pid} to ${soft ?? 'none'}`;
  world.begin(step);
  if (!usualLimits().has(resource)) refuse(step, 'EINVAL', 'there is no such limit');
  const { limits } = processOf(world, o);
  if (amount(soft) > amount(hard)) refuse(step, 'EINVAL');
  if (amount(hard) > amount(limits.get(resource)?.hard ?? null) && !world.raisesLimits) refuse(step, 'EPERM');
  limits.set(resource, { soft, hard });
}

export function mayRaiseLimits(world: World, _: Options<'mayRaiseLimits'>): boolean {
  world.begin('read the capabilities of this process');
  return world.raisesLimits;
}

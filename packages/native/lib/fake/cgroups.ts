import type { CgroupLimits, Controller, Kernel } from '../kernel.ts';
import { endProcess } from './processes.ts';
import { refuse, type World } from './world.ts';

type Options<Verb extends keyof Kernel> = Parameters<Kernel[Verb]>[0];

const MOUNT = '/sys/fs/cgroup';

export interface FakeCgroup {
  limits: Required<CgroupLimits>;
  pids: Set<number>;
  /** What readCgroup and the refusal of a lower limit go by; nothing changes it here. */
  memoryBytes: number;
}

function checkName(step: string, name: string) {
  const isSound = name.split('/').every((part) => /^[A-Za-z0-9_-][A-Za-z0-9_.-]*$/.test(part));
  if (!isSound) refuse(step, 'EINVAL', 'not a name of a group');
}

function below(world: World, name: string): [string, FakeCgroup][] {
  return [...world.cgroups].filter(([one]) => one === name || one.startsWith(`${name}/`));
}

export function listControllers(world: World): Controller[] {
  world.begin('list controllers');
  const names = ['cpuset', 'cpu', 'io', 'memory', 'pids', 'freezer'] as const;
  return names.map((name) => ({ name, version: 2, mount: MOUNT }));
}

export function createCgroup(world: World, { name }: Options<'createCgroup'>) {
  const step = `create control group ${name}`;
  world.begin(step);
  checkName(step, name);
  const parts = name.split('/');
  for (let depth = 1; depth <= parts.length; depth += 1) {
    const one = parts.slice(0, depth).join('/');
    if (world.cgroups.has(one)) continue;
    const limits = { memory: null, cpus: null, pids: null };
    world.cgroups.set(one, { limits, pids: new Set(), memoryBytes: 0 });
  }
}

export function setCgroupLimits(world: World, { name, limits }: Options<'setCgroupLimits'>) {
  const step = `limit control group ${name}`;
  world.begin(step);
  const group = world.cgroups.get(name) ?? refuse(step, 'ENOENT');
  const { memory = null } = limits;
  if (memory !== null && group.memoryBytes > memory) {
    refuse(step, 'EBUSY', `${group.memoryBytes} bytes are in use`);
  }
  for (const key of ['memory', 'cpus', 'pids'] as const) {
    const value = limits[key];
    if (value !== undefined) group.limits[key] = value;
  }
}

export function readCgroup(world: World, { name }: Options<'readCgroup'>) {
  world.begin(`read control group ${name}`);
  const group = world.cgroups.get(name);
  if (!group) return null;
  const pids = below(world, name).flatMap(([, one]) => [...one.pids]);
  const usage = { memoryBytes: group.memoryBytes, cpuSeconds: 0, pids: pids.length, oomKills: 0 };
  return { whole: true, limits: { ...group.limits }, usage, pids: pids.sort((a, b) => a - b) };
}

export function cgroupProcsFiles(world: World, { name }: Options<'cgroupProcsFiles'>): string[] {
  const step = `find control group ${name}`;
  world.begin(step);
  if (!world.cgroups.has(name)) refuse(step, 'ENOENT');
  return [`${MOUNT}/${name}/cgroup.procs`];
}

export function listCgroups(world: World, { parent }: Options<'listCgroups'>): string[] {
  const step = `list control groups below ${parent}`;
  world.begin(step);
  checkName(step, parent);
  const names = [...world.cgroups.keys()].filter((name) => name.startsWith(`${parent}/`));
  return [...new Set(names.map((name) => name.slice(parent.length + 1).split('/')[0] ?? ''))].sort();
}

export function killCgroup(world: World, { name }: Options<'killCgroup'>) {
  world.begin(`kill control group ${name}`);
  for (const [, group] of below(world, name)) for (const pid of group.pids) endProcess(world, pid);
}

export function removeCgroup(world: World, { name }: Options<'removeCgroup'>) {
  const step = `remove control group ${name}`;
  world.begin(step);
  checkName(step, name);
  const groups = below(world, name);
  const pids = groups.flatMap(([, group]) => [...group.pids]);
  if (pids.length > 0) refuse(step, 'EBUSY', `processes ${pids}`);
  for (const [one] of groups) world.cgroups.delete(one);
}

import type { CgroupLimits, Controller, Kernel } from '../kernel.ts';
import { endProcess } from './processes.ts';
import { refuse, type World } from './world.ts';

type Options<Verb extends keyof Kernel> = Parameters<Kernel[Verb]>[0];

const MOUNT = '/sys/fs/cgroup';

export interface FakeCgroup {
  limits: Required<CgroupLimits>;
  /** null: any may be opened */
  devices: string[] | null;
  pids: Set<number>;
  /** What readCgroup and the refusal of a lower limit go by; nothing changes it here. */
  memoryBytes: number;
}

const UNLIMITED: Required<CgroupLimits> = {
  memory: null,
  cpus: null,
  cpuWeight: null,
  pids: null,
  ioReadBytes: null,
  ioWriteBytes: null,
  ioReadOperations: null,
  ioWriteOperations: null,
  ioWeight: null,
};
const LIMITS = Object.keys(UNLIMITED) as (keyof CgroupLimits)[];
const WEIGHTS: readonly string[] = ['cpuWeight', 'ioWeight'];
const USUAL_WEIGHT = 100;
/** The one disk here; a scheduler shares it out by weight. */
const DISK = '8:0';

function checkName(step: string, name: string) {
  const isSound = name.split('/').every((part) => /^[A-Za-z0-9_-][A-Za-z0-9_.-]*$/.test(part));
  if (!isSound) refuse(step, 'EINVAL', 'not a name of a group');
}

function below(world: World, name: string): [string, FakeCgroup][] {
  return [...world.cgroups].filter(([one]) => one === name || one.startsWith(`${name}/`));
}

export function listControllers(world: World): Controller[] {
  world.begin('list controllers');
  const names = ['cpuset', 'cpu', 'io', 'memory', 'pids', 'freezer', 'devices'] as const;
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
    world.cgroups.set(one, { limits: { ...UNLIMITED }, devices: null, pids: new Set(), memoryBytes: 0 });
  }
}

export function setCgroupLimits(world: World, { name, limits, device }: Options<'setCgroupLimits'>) {
  const step = `limit control group ${name}`;
  world.begin(step);
  const group = world.cgroups.get(name) ?? refuse(step, 'ENOENT');
  const { memory = null, pids = null } = limits;
  if (memory !== null && group.memoryBytes > memory) {
    refuse(step, 'EBUSY', `${group.memoryBytes} bytes are in use`);
  }
  const running = pidsBelow(world, name).length;
  if (pids !== null && running > pids) refuse(step, 'EBUSY', `${running} processes run`);
  const named = LIMITS.filter((key) => limits[key] !== undefined);
  if (named.some((key) => key.startsWith('io')) && device !== DISK) {
    refuse(step, 'EOPNOTSUPP', 'the data directory lies on no disk');
  }
  for (const key of named) {
    const value = limits[key] ?? null;
    group.limits[key] = WEIGHTS.includes(key) && value === USUAL_WEIGHT ? null : value;
  }
}

export function setCgroupDevices(world: World, { name, devices }: Options<'setCgroupDevices'>) {
  const step = `keep control group ${name} from devices`;
  world.begin(step);
  const group = world.cgroups.get(name) ?? refuse(step, 'ENOENT');
  if (devices.some((device) => !/^[bc] \d+:(\d+|\*) [rwm]{1,3}$/.test(device))) refuse(step, 'EINVAL');
  group.devices = [...devices].sort();
}

export function readCgroup(world: World, { name, device }: Options<'readCgroup'>) {
  world.begin(`read control group ${name}`);
  const group = world.cgroups.get(name);
  if (!group) return null;
  const pids = pidsBelow(world, name);
  const shown = LIMITS.filter((key) => !key.startsWith('io') || device === DISK);
  return {
    whole: true,
    limits: Object.fromEntries(shown.map((key) => [key, group.limits[key]])) as CgroupLimits,
    devices: group.devices,
    usage: usageOf(group, pids),
    pids: pids.sort((a, b) => a - b),
  };
}

export function readCgroupUsage(world: World, { name, device }: Options<'readCgroupUsage'>) {
  world.begin(`read what control group ${name} uses`);
  const group = world.cgroups.get(name);
  if (!group) return null;
  const onDisk = device === DISK ? 0 : null;
  return {
    ...usageOf(group, pidsBelow(world, name)),
    memoryPeakBytes: group.memoryBytes,
    memoryNeededBytes: group.memoryBytes,
    throttledSeconds: 0,
    throttledTimes: 0,
    ioReadBytes: onDisk,
    ioWriteBytes: onDisk,
    ioReadOperations: onDisk,
    ioWriteOperations: onDisk,
    cpuPressureSeconds: 0,
    memoryPressureSeconds: 0,
    ioPressureSeconds: 0,
  };
}

function pidsBelow(world: World, name: string): number[] {
  return below(world, name).flatMap(([, one]) => [...one.pids]);
}

function usageOf(group: FakeCgroup, pids: number[]) {
  return { memoryBytes: group.memoryBytes, cpuSeconds: 0, pids: pids.length, oomKills: 0 };
}

export function diskOf(world: World, { path }: Options<'diskOf'>): string | null {
  world.begin(`find the disk of ${path}`);
  return DISK;
}

export function diskHasWeights(world: World, { device }: Options<'diskHasWeights'>): boolean {
  world.begin(`look how disk ${device} is shared out`);
  return device === DISK;
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

import { existsSync } from 'node:fs';
import { mkdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { devicePolicyPlace, readDevicePolicy, writeDevicePolicy } from './cgroup/device-policy.ts';
import { diskHasWeights, diskOf } from './cgroup/disk.ts';
import { childGroups, processesBelow, writeGroupFile } from './cgroup/group-files.ts';
import {
  controllersIn,
  groupPath,
  type Hierarchy,
  readHierarchies,
  usedHierarchies,
} from './cgroup/hierarchies.ts';
import { killGroups } from './cgroup/kill-group.ts';
import { readLimits } from './cgroup/limits.ts';
import { placeOf } from './cgroup/place.ts';
import { removeGroup } from './cgroup/remove-group.ts';
import { readAccount, readUsage } from './cgroup/usage.ts';
import { writeLimits } from './cgroup/write-limits.ts';
import { fileStep } from './file-step.ts';
import type { Kernel } from './kernel.ts';
import { KernelError } from './kernel-error.ts';

type Cgroups = Pick<
  Kernel,
  | 'listControllers'
  | 'createCgroup'
  | 'setCgroupLimits'
  | 'setCgroupDevices'
  | 'readCgroup'
  | 'readCgroupUsage'
  | 'diskOf'
  | 'diskHasWeights'
  | 'cgroupProcsFiles'
  | 'listCgroups'
  | 'killCgroup'
  | 'removeCgroup'
>;

function existingGroups(hierarchies: Hierarchy[], name: string): string[] {
  return hierarchies.map((hierarchy) => groupPath(hierarchy, name)).filter((group) => existsSync(group));
}

/** In the v2 tree a group has the files of a controller only when each group above hands it down. */
async function handDown(hierarchy: Hierarchy, name: string) {
  const above = name.split('/').slice(0, -1);
  for (let depth = 0; depth <= above.length; depth += 1) {
    const group = join(hierarchy.mount, ...above.slice(0, depth));
    await mkdir(group, { recursive: true });
    for (const controller of ['memory', 'cpu', 'pids', 'io']) {
      if (!hierarchy.controllers.has(controller)) continue;
      // A group above that has processes cannot; its limits then fail with EOPNOTSUPP, which says so
      await writeGroupFile(group, 'cgroup.subtree_control', `+${controller}`).catch(() => undefined);
    }
  }
}

/** Groups of processes, in the v2 tree and in the v1 hierarchies side by side, whichever the host has. */
export const linuxCgroups: Cgroups = {
  listControllers: () =>
    fileStep('list controllers', async () => {
      const hierarchies = await readHierarchies();
      const controllers = controllersIn(hierarchies).filter((one) => one.name !== 'devices');
      const devices = await devicePolicyPlace(hierarchies);
      if (devices) controllers.push({ name: 'devices', version: devices.version, mount: devices.mount });
      return controllers;
    }),

  createCgroup: ({ name }) =>
    fileStep(`create control group ${name}`, async () => {
      const made: string[] = [];
      try {
        for (const hierarchy of await usedHierarchies()) {
          const group = groupPath(hierarchy, name);
          if (hierarchy.version === 2) await handDown(hierarchy, name);
          if (await mkdir(group, { recursive: true })) made.push(group);
        }
      } catch (error) {
        for (const group of made) await rmdir(group).catch(() => undefined);
        throw error;
      }
    }),

  setCgroupLimits: ({ name, limits, device = null }) =>
    fileStep(`limit control group ${name}`, async () => {
      const step = `limit control group ${name}`;
      const hierarchies = await usedHierarchies();
      const place = placeOf(hierarchies, name);
      if (existingGroups(hierarchies, name).length === 0) throw new KernelError(step, 'ENOENT', 2);
      await writeLimits(step, place, limits, device);
    }),

  setCgroupDevices: ({ name, devices }) =>
    fileStep(`keep control group ${name} from devices`, async () => {
      const step = `keep control group ${name} from devices`;
      const hierarchies = await usedHierarchies();
      if (existingGroups(hierarchies, name).length === 0) throw new KernelError(step, 'ENOENT', 2);
      await writeDevicePolicy(step, hierarchies, name, devices);
    }),

  readCgroup: ({ name, device = null }) =>
    fileStep(`read control group ${name}`, async () => {
      const hierarchies = await usedHierarchies();
      const groups = existingGroups(hierarchies, name);
      if (groups.length === 0) return null;
      const place = placeOf(hierarchies, name);
      const unified = hierarchies.find((one) => one.version === 2);
      const pids = new Set(groups.flatMap(processesBelow));
      const devices = await readDevicePolicy(hierarchies, name);
      return {
        whole: groups.length === hierarchies.length,
        limits: readLimits(place, device),
        ...(devices === undefined ? {} : { devices }),
        usage: readUsage(place, unified ? groupPath(unified, name) : null),
        pids: [...pids].sort((a, b) => a - b),
      };
    }),

  readCgroupUsage: ({ name, device = null }) =>
    fileStep(`read what control group ${name} uses`, async () => {
      const hierarchies = await usedHierarchies();
      if (existingGroups(hierarchies, name).length === 0) return null;
      const unified = hierarchies.find((one) => one.version === 2);
      return readAccount(placeOf(hierarchies, name), unified ? groupPath(unified, name) : null, device);
    }),

  diskOf: ({ path }) => fileStep(`find the disk of ${path}`, () => diskOf(path)),

  diskHasWeights: ({ device }) =>
    fileStep(`look how disk ${device} is shared out`, () => diskHasWeights(device)),

  cgroupProcsFiles: ({ name }) =>
    fileStep(`find control group ${name}`, async () => {
      const groups = existingGroups(await usedHierarchies(), name);
      if (groups.length === 0) throw new KernelError(`find control group ${name}`, 'ENOENT', 2);
      return groups.map((group) => join(group, 'cgroup.procs'));
    }),

  listCgroups: ({ parent }) =>
    fileStep(`list control groups below ${parent}`, async () => {
      const names = new Set<string>();
      for (const hierarchy of await usedHierarchies()) {
        for (const name of childGroups(groupPath(hierarchy, parent))) names.add(name);
      }
      return [...names].sort();
    }),

  killCgroup: ({ name }) =>
    fileStep(`kill control group ${name}`, async () => {
      const hierarchies = await usedHierarchies();
      const unified = hierarchies.find((one) => one.version === 2);
      const freezer = hierarchies.find((one) => one.version === 1 && one.controllers.has('freezer'));
      await killGroups(
        existingGroups(hierarchies, name),
        unified ? groupPath(unified, name) : null,
        freezer ? groupPath(freezer, name) : null,
      );
    }),

  removeCgroup: ({ name }) =>
    fileStep(`remove control group ${name}`, async () => {
      const step = `remove control group ${name}`;
      const groups = existingGroups(await usedHierarchies(), name);
      const pids = groups.flatMap(processesBelow);
      if (pids.length > 0) throw new KernelError(step, 'EBUSY', 16, `processes ${[...new Set(pids)]}`);
      for (const group of groups) await removeGroup(group);
    }),
};

import { isKernelError } from '@cellblock/native/kernel-error';
import { JAIL_LIMITS, sameLimit } from '@cellblock/shared/jail-limits';
import { cgroupName, netnsPath } from '@cellblock/shared/owned-names';
import { dataDisk } from '../data-disk.ts';
import { deviceRules, devicesOf } from '../device-rules.ts';
import { unmountFileStorage } from '../file-storage.ts';
import { createStorage, dropEphemeral, removeStorage } from '../storage.ts';
import { type Executor, gone, made } from './fact.ts';

export const claimIds: Executor<'ids.claim'> = async (host, { jail }) => {
  const record = await host.records.read(jail);
  return made(host.ids.claim({ instance: host.instance, jailKey: jail, preferred: record?.idBase ?? null }), {
    ids: 65_536,
  });
};

export const releaseIds: Executor<'ids.release'> = (host, { jail }) =>
  gone(host.ids.release({ instance: host.instance, jailKey: jail }), { ids: 65_536 });

export const makeStorage: Executor<'storage.create'> = (host, { jail }) =>
  made(createStorage(host, jail), { storage: 'closed to the host' });

export const dropStorage: Executor<'storage.remove'> = (host, { jail }) =>
  gone(removeStorage(host, jail), { storage: 'removed' });

export const createCgroup: Executor<'cgroup.create'> = (host, { jail }) =>
  made(host.kernel.createCgroup({ name: cgroupName(host.instance, jail) }), { cgroup: jail }, 'EEXIST');

export const limitCgroup: Executor<'cgroup.limits'> = async (host, { jail, limits }) => {
  const name = cgroupName(host.instance, jail);
  const device = await dataDisk(host);
  const before = (await host.kernel.readCgroup({ name, device }))?.limits ?? null;
  // Only what differs: lifting a limit of a controller that the host lacks is no change.
  const changed = Object.fromEntries(
    JAIL_LIMITS.filter((limit) => !sameLimit(limit, before?.[limit] ?? null, limits[limit])).map((limit) => [
      limit,
      limits[limit],
    ]),
  );
  if (Object.keys(changed).length > 0) await host.kernel.setCgroupLimits({ name, limits: changed, device });
  return { before, after: limits };
};

export const closeDevices: Executor<'cgroup.devices'> = async (host, { jail, devices }) => {
  const name = cgroupName(host.instance, jail);
  const now = await host.kernel.readCgroup({ name });
  const rules = deviceRules(devices);
  // A host that cannot do it says so in its checks; no node in a jail can be made there, and mounts have nodev
  if (now && now.devices === undefined) return { before: null, after: null };
  await host.kernel.setCgroupDevices({ name, devices: rules });
  return { before: { devices: devicesOf(now?.devices ?? null) }, after: { devices } };
};

const BUSY_TRIES = 50;
const BUSY_MS = 20;

export const removeCgroup: Executor<'cgroup.remove'> = async (host, { jail }) => {
  const name = cgroupName(host.instance, jail);
  for (let tries = 1; ; tries += 1) {
    await gone(host.kernel.killCgroup({ name }), null, 'ENOENT');
    globalThis.crashHere?.('warden killed a group');
    try {
      await host.kernel.removeCgroup({ name });
      break;
    } catch (error) {
      // The killed take a moment to leave.
      if (!isKernelError(error, 'EBUSY') || tries >= BUSY_TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, BUSY_MS));
    }
  }
  // Its pages were charged to the group, and nobody is left to use them.
  await dropEphemeral(host, jail);
  await unmountFileStorage(host, jail);
  return { before: { cgroup: jail }, after: null };
};

export const createNetns: Executor<'netns.create'> = (host, { jail }) =>
  made(host.kernel.createNetns({ path: netnsPath(host.instance, jail) }), { netns: jail }, 'EEXIST');

export const setNetns: Executor<'netns.setting'> = (host, { jail, key, value }) =>
  made(
    host.kernel.writeSysctl({ netns: netnsPath(host.instance, jail), key, value }),
    { [key]: value },
    'ENOENT',
  );

export const removeNetns: Executor<'netns.remove'> = (host, { jail }) =>
  gone(host.kernel.removeNetns({ path: netnsPath(host.instance, jail) }), { netns: jail }, 'ENOENT');

import { expect, vi } from 'vitest';
import { expectRefusal, type Scene } from './scene.ts';

const MiB = 1024 * 1024;

export const cgroupExpectations = {
  'a group is created with those above it, and again without harm': async ({ kernel, cgroup }: Scene) => {
    const name = `${cgroup}/a/b`;
    await kernel.createCgroup({ name });
    await kernel.createCgroup({ name });
    expect(await kernel.listCgroups({ parent: cgroup })).toEqual(['a']);
    expect(await kernel.listCgroups({ parent: `${cgroup}/a` })).toEqual(['b']);
    expect(await kernel.readCgroup({ name })).toMatchObject({ pids: [] });
  },
  'a missing group reads as null, and cannot be limited or joined': async ({ kernel, cgroup }: Scene) => {
    const name = `${cgroup}/none`;
    expect(await kernel.readCgroup({ name })).toBeNull();
    expect(await kernel.listCgroups({ parent: name })).toEqual([]);
    await expectRefusal(kernel.setCgroupLimits({ name, limits: { pids: 5 } }), 'ENOENT');
    await expectRefusal(kernel.cgroupProcsFiles({ name }), 'ENOENT');
    await kernel.removeCgroup({ name });
    await kernel.killCgroup({ name });
  },
  'a name that leads elsewhere is refused': async ({ kernel, cgroup }: Scene) => {
    for (const name of ['', '..', `${cgroup}/../../etc`, `/${cgroup}`, `${cgroup}//a`]) {
      await expectRefusal(kernel.createCgroup({ name }), 'EINVAL');
      await expectRefusal(kernel.removeCgroup({ name }), 'EINVAL');
    }
  },
  'limits hold one by one until they are lifted': async ({ kernel, cgroup }: Scene) => {
    const name = `${cgroup}/a`;
    await kernel.createCgroup({ name });
    const none = { memory: null, cpus: null, cpuWeight: null, pids: null };
    const limits = async () => (await kernel.readCgroup({ name }))?.limits;
    expect(await limits()).toEqual(none);
    await kernel.setCgroupLimits({ name, limits: { memory: 64 * MiB, cpus: 0.5, pids: 20 } });
    expect(await limits()).toEqual({ ...none, memory: 64 * MiB, cpus: 0.5, pids: 20 });
    await kernel.setCgroupLimits({ name, limits: { memory: 128 * MiB, cpus: 1.25, cpuWeight: 33 } });
    expect(await limits()).toEqual({ memory: 128 * MiB, cpus: 1.25, cpuWeight: 33, pids: 20 });
    await kernel.setCgroupLimits({ name, limits: { memory: 32 * MiB, cpuWeight: 100 } });
    expect(await limits()).toEqual({ ...none, memory: 32 * MiB, cpus: 1.25, pids: 20 });
    for (const cpuWeight of [1, 2, 99, 101, 10_000]) {
      await kernel.setCgroupLimits({ name, limits: { cpuWeight } });
      expect(await limits()).toMatchObject({ cpuWeight });
    }
    await kernel.setCgroupLimits({ name, limits: none });
    expect(await limits()).toEqual(none);
  },
  'limits on a disk hold one by one until they are lifted': async ({ kernel, cgroup }: Scene) => {
    const name = `${cgroup}/a`;
    await kernel.createCgroup({ name });
    const device = await kernel.diskOf({ path: import.meta.dirname });
    expect(device).toMatch(/^\d+:\d+$/);
    expect(await kernel.diskHasWeights({ device: '4095:1' })).toBe(false);
    const none = { ioReadBytes: null, ioWriteBytes: null, ioReadOperations: null, ioWriteOperations: null };
    const limits = async () => (await kernel.readCgroup({ name, device }))?.limits;
    expect(await limits()).toMatchObject(none);
    await kernel.setCgroupLimits({ name, device, limits: { ioReadBytes: MiB, ioWriteOperations: 50 } });
    expect(await limits()).toMatchObject({ ...none, ioReadBytes: MiB, ioWriteOperations: 50 });
    await kernel.setCgroupLimits({ name, device, limits: { ioReadBytes: null, ioWriteBytes: 2 * MiB } });
    expect(await limits()).toMatchObject({ ...none, ioWriteBytes: 2 * MiB, ioWriteOperations: 50 });
    await kernel.setCgroupLimits({ name, device, limits: none });
    expect(await limits()).toMatchObject(none);
    // Without a disk nobody can say what they are for
    await expectRefusal(kernel.setCgroupLimits({ name, limits: { ioReadBytes: MiB } }), 'EOPNOTSUPP');
    expect((await kernel.readCgroup({ name }))?.limits).not.toHaveProperty('ioReadBytes');
  },
  'no limit is set below what runs, and none of those beside it': async (scene: Scene) => {
    const { kernel, cgroup, startProcess } = scene;
    const name = `${cgroup}/a`;
    await kernel.createCgroup({ name });
    for (let count = 0; count < 3; count += 1) await startProcess({ cgroup: name });
    await expectRefusal(kernel.setCgroupLimits({ name, limits: { cpus: 0.5, pids: 2 } }), 'EBUSY');
    expect((await kernel.readCgroup({ name }))?.limits).toMatchObject({ cpus: null, pids: null });
    await kernel.setCgroupLimits({ name, limits: { pids: 3 } });
    await kernel.killCgroup({ name });
  },
  'a group is kept from every device but those that are named': async ({ kernel, cgroup }: Scene) => {
    const name = `${cgroup}/a`;
    const devices = async () => (await kernel.readCgroup({ name }))?.devices;
    await expectRefusal(kernel.setCgroupDevices({ name, devices: [] }), 'ENOENT');
    await kernel.createCgroup({ name });
    expect(await devices()).toBeNull();
    await kernel.setCgroupDevices({ name, devices: ['c 1:5 rw', 'c 136:* rw', 'b 7:0 r'] });
    expect(await devices()).toEqual(['b 7:0 r', 'c 136:* rw', 'c 1:5 rw']);
    await kernel.setCgroupDevices({ name, devices: ['c 1:3 rw'] });
    expect(await devices()).toEqual(['c 1:3 rw']);
    await kernel.setCgroupDevices({ name, devices: [] });
    expect(await devices()).toEqual([]);
  },
  'a process in the group is seen, counted and in the way of removal': async (scene: Scene) => {
    const { kernel, cgroup, startProcess } = scene;
    const name = `${cgroup}/a`;
    await kernel.createCgroup({ name });
    const pid = await startProcess({ cgroup: name });
    expect(await kernel.readCgroup({ name })).toMatchObject({ pids: [pid], usage: { pids: 1, oomKills: 0 } });
    expect(await kernel.readCgroup({ name: cgroup })).toMatchObject({ pids: [pid] });
    await expectRefusal(kernel.removeCgroup({ name }), 'EBUSY');
    await expectRefusal(kernel.removeCgroup({ name: cgroup }), 'EBUSY');
    expect((await kernel.readCgroup({ name }))?.pids).toEqual([pid]);
  },
  'what a group uses is told, as far as the host accounts for it': async (scene: Scene) => {
    const { kernel, cgroup, startProcess } = scene;
    const name = `${cgroup}/a`;
    expect(await kernel.readCgroupUsage({ name })).toBeNull();
    await kernel.createCgroup({ name });
    await startProcess({ cgroup: name });
    const device = await kernel.diskOf({ path: import.meta.dirname });
    const account = await kernel.readCgroupUsage({ name, device });
    expect(account).toMatchObject({ pids: 1, oomKills: 0, throttledTimes: 0 });
    for (const [key, value] of Object.entries(account ?? {})) {
      expect(value, key).toSatisfy((one: unknown) => one === null || (typeof one === 'number' && one >= 0));
    }
    expect(await kernel.readCgroupUsage({ name })).toMatchObject({ ioReadBytes: null });
    await kernel.killCgroup({ name });
  },
  'killing a group ends its processes and those below, and no others': async (scene: Scene) => {
    const { kernel, cgroup, startProcess } = scene;
    await kernel.createCgroup({ name: `${cgroup}/a/b` });
    await kernel.createCgroup({ name: `${cgroup}/c` });
    const [inside, below, beside] = await Promise.all([
      startProcess({ cgroup: `${cgroup}/a` }),
      startProcess({ cgroup: `${cgroup}/a/b` }),
      startProcess({ cgroup: `${cgroup}/c` }),
    ]);
    await kernel.killCgroup({ name: `${cgroup}/a` });
    expect(await kernel.readCgroup({ name: `${cgroup}/a` })).toMatchObject({ pids: [] });
    await vi.waitFor(async () => {
      expect(await kernel.processStartTime({ pid: inside })).toBeNull();
      expect(await kernel.processStartTime({ pid: below })).toBeNull();
    }, 10_000);
    expect((await kernel.readCgroup({ name: `${cgroup}/c` }))?.pids).toEqual([beside]);
    await kernel.removeCgroup({ name: `${cgroup}/a` });
    expect(await kernel.listCgroups({ parent: cgroup })).toEqual(['c']);
    await kernel.killCgroup({ name: `${cgroup}/c` });
  },
  'a removed group is gone with those below, and removing it again is no harm': async (scene: Scene) => {
    const { kernel, cgroup } = scene;
    await kernel.createCgroup({ name: `${cgroup}/a/b/c` });
    await kernel.removeCgroup({ name: `${cgroup}/a` });
    await kernel.removeCgroup({ name: `${cgroup}/a` });
    expect(await kernel.listCgroups({ parent: cgroup })).toEqual([]);
  },
  'the controllers for memory, processor and processes are named': async ({ kernel }: Scene) => {
    const controllers = await kernel.listControllers();
    expect(controllers.map((one) => one.name)).toEqual(
      expect.arrayContaining(['memory', 'cpu', 'pids', 'freezer', 'devices']),
    );
    expect(new Set(controllers.map((one) => one.name)).size).toBe(controllers.length);
  },
};

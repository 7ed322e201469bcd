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
    const none = { memory: null, cpus: null, pids: null };
    const limits = async () => (await kernel.readCgroup({ name }))?.limits;
    expect(await limits()).toEqual(none);
    await kernel.setCgroupLimits({ name, limits: { memory: 64 * MiB, cpus: 0.5, pids: 20 } });
    expect(await limits()).toEqual({ memory: 64 * MiB, cpus: 0.5, pids: 20 });
    await kernel.setCgroupLimits({ name, limits: { memory: 128 * MiB, cpus: 1.25 } });
    expect(await limits()).toEqual({ memory: 128 * MiB, cpus: 1.25, pids: 20 });
    await kernel.setCgroupLimits({ name, limits: { memory: 32 * MiB } });
    expect(await limits()).toEqual({ memory: 32 * MiB, cpus: 1.25, pids: 20 });
    await kernel.setCgroupLimits({ name, limits: none });
    expect(await limits()).toEqual(none);
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
    }, 5_000);
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
      expect.arrayContaining(['memory', 'cpu', 'pids', 'freezer']),
    );
    expect(new Set(controllers.map((one) => one.name)).size).toBe(controllers.length);
  },
};

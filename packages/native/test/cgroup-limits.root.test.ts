import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callAddon } from '../lib/addon.ts';
import { readHierarchies } from '../lib/cgroup/hierarchies.ts';
import { createLinuxKernel } from '../lib/linux-kernel.ts';

const run = promisify(execFile);
const kernel = createLinuxKernel();
const MiB = 1024 * 1024;
const parent = `cellblock-test${process.pid}`;
const name = `${parent}/limited`;

/** Runs a shell command in the group; answers how it ended. */
async function inGroup(command: string): Promise<{ code: number; stdout: string }> {
  const files = await kernel.cgroupProcsFiles({ name });
  const join = files.map((file) => `echo $$ > ${file}`).join(' && ');
  try {
    const { stdout } = await run('/bin/sh', ['-c', `${join} && ${command}`]);
    return { code: 0, stdout };
  } catch (error) {
    const failure = error as { code?: number | null; stdout?: string };
    return { code: failure.code ?? -1, stdout: failure.stdout ?? '' };
  }
}

beforeEach(() => kernel.createCgroup({ name }));
afterEach(async () => {
  await kernel.killCgroup({ name: parent });
  await kernel.removeCgroup({ name: parent });
  expect(await kernel.readCgroup({ name: parent })).toBeNull();
});

describe('a limit holds, and without it the same act succeeds', () => {
  it('processes', async () => {
    // Four at once, and the shell itself
    const fork = 'for i in 1 2 3 4; do sleep 0.2 & done; wait';
    expect((await inGroup(fork)).code).toBe(0);
    await kernel.setCgroupLimits({ name, limits: { pids: 3 } });
    expect((await inGroup(fork)).code).not.toBe(0);
  });

  it('memory', async () => {
    const fill = 'head -c 60000000 /dev/zero | tail -c 60000000 | wc -c';
    expect((await inGroup(fill)).stdout.trim()).toBe('60000000');
    await kernel.setCgroupLimits({ name, limits: { memory: 20 * MiB } });
    expect((await inGroup(fill)).stdout.trim()).not.toBe('60000000');
    expect((await kernel.readCgroup({ name }))?.usage.oomKills).toBeGreaterThan(0);
  });

  it('processor time', async () => {
    const spin = async () => {
      const before = (await kernel.readCgroup({ name }))?.usage.cpuSeconds ?? 0;
      await inGroup('timeout 1 sh -c "while :; do :; done"');
      return ((await kernel.readCgroup({ name }))?.usage.cpuSeconds ?? 0) - before;
    };
    const free = await spin();
    await kernel.setCgroupLimits({ name, limits: { cpus: 0.1 } });
    const limited = await spin();
    expect(limited).toBeLessThan(0.2);
    expect(free).toBeGreaterThan(limited * 2);
  });
});

describe('more limits hold, and without them the same act succeeds', () => {
  it('reading from the disk', { retry: 2 }, async () => {
    const device = await kernel.diskOf({ path: tmpdir() });
    const file = join(tmpdir(), `cellblock-read${process.pid}`);
    try {
      await run('dd', ['if=/dev/zero', `of=${file}`, 'bs=1M', 'count=4', 'conv=fsync']);
      const seconds = async () => {
        const began = performance.now();
        expect((await inGroup(`dd if=${file} of=/dev/null bs=256K iflag=direct`)).code).toBe(0);
        return (performance.now() - began) / 1000;
      };
      const free = await seconds();
      await kernel.setCgroupLimits({ name, device, limits: { ioReadBytes: 2 * MiB } });
      // Four MiB at two a second; the kernel lets the first slice through at once
      expect(await seconds()).toBeGreaterThan(1.2);
      expect(free).toBeLessThan(1);
      expect((await kernel.readCgroupUsage({ name, device }))?.ioReadBytes).toBeGreaterThanOrEqual(8 * MiB);
    } finally {
      rmSync(file, { force: true });
    }
  });

  it('weight: of two that want all of one processor the heavier gets more', async () => {
    const other = `${parent}/beside`;
    await kernel.createCgroup({ name: other });
    await kernel.setCgroupLimits({ name, limits: { cpuWeight: 400 } });
    const spin = async (group: string) => {
      const files = await kernel.cgroupProcsFiles({ name: group });
      const join = files.map((file) => `echo $$ > ${file}`).join(' && ');
      const loop = 'taskset -c 0 timeout 2 sh -c "while :; do :; done"';
      await run('/bin/sh', ['-c', `${join} && ${loop}; true`]);
      return (await kernel.readCgroup({ name: group }))?.usage.cpuSeconds ?? 0;
    };
    const [heavy, light] = await Promise.all([spin(name), spin(other)]);
    expect(heavy / light).toBeGreaterThan(2);
  });
});

describe('devices', () => {
  const RULES = ['c 1:3 rw', 'c 1:9 r'];
  const reads = (node: string) => inGroup(`head -c 1 ${node} > /dev/null`);
  const opensForWriting = (node: string) => inGroup(`true 2>&1 >> ${node}`);

  it('none opens but those that are named, and before that every one does', async () => {
    expect((await reads('/dev/zero')).code).toBe(0);
    expect((await opensForWriting('/dev/urandom')).code).toBe(0);
    await kernel.setCgroupDevices({ name, devices: RULES });
    expect((await reads('/dev/zero')).code).not.toBe(0);
    expect((await reads('/dev/urandom')).code).toBe(0);
    expect((await opensForWriting('/dev/urandom')).code).not.toBe(0);
  });

  it('the program for the v2 tree does the same, by itself', async () => {
    const unified = (await readHierarchies()).find(({ version }) => version === 2)?.mount ?? '';
    const group = join(unified, name);
    expect(await callAddon('readDeviceProgram', { group })).toBeNull();
    expect((await reads('/dev/zero')).code).toBe(0);
    await callAddon('setDeviceProgram', { group, devices: RULES });
    expect(await callAddon('readDeviceProgram', { group })).toEqual(RULES);
    expect((await reads('/dev/zero')).code).not.toBe(0);
    expect((await reads('/dev/urandom')).code).toBe(0);
    expect((await opensForWriting('/dev/urandom')).code).not.toBe(0);
    // Another takes its place: there are never two of ours, of which each would have to allow
    await callAddon('setDeviceProgram', { group, devices: [...RULES, 'c 1:* rw'] });
    expect((await reads('/dev/zero')).code).toBe(0);
    await expect(callAddon('setDeviceProgram', { group, devices: ['c 1 rw'] })).rejects.toMatchObject({
      code: 'EINVAL',
    });
    expect(await callAddon('readDeviceProgram', { group })).toHaveLength(3);
  });
});

it('memory cannot be limited below what is in use', async () => {
  const files = await kernel.cgroupProcsFiles({ name });
  const join = files.map((file) => `echo $$ > ${file}`).join(' && ');
  const hold = `head -c 60000000 /dev/zero | tail -c 60000000 | (read -r x; sleep 60)`;
  // Anonymous memory of `tail` stays in use while its reader does not read
  const holder = run('/bin/sh', ['-c', `${join} && ${hold}`]).catch(() => undefined);
  await expect
    .poll(async () => (await kernel.readCgroup({ name }))?.usage.memoryBytes, { timeout: 10_000 })
    .toBeGreaterThan(50 * MiB);
  const before = (await kernel.readCgroup({ name }))?.limits;
  await expect(
    kernel.setCgroupLimits({ name, limits: { memory: MiB, pids: 100, cpus: 1 } }),
  ).rejects.toMatchObject({ name: 'KernelError', code: 'EBUSY' });
  expect((await kernel.readCgroup({ name }))?.limits).toEqual(before);
  await kernel.killCgroup({ name });
  await holder;
});

it('a group that forks without end is killed', async () => {
  await kernel.setCgroupLimits({ name, limits: { pids: 200 } });
  const files = await kernel.cgroupProcsFiles({ name });
  const join = files.map((file) => `echo $$ > ${file}`).join(' && ');
  const bomb = run('/bin/sh', ['-c', `${join} && f() { f 2>/dev/null & f 2>/dev/null & wait; }; f`]);
  const ended = bomb.then(
    () => undefined,
    () => undefined,
  );
  await expect
    .poll(async () => (await kernel.readCgroup({ name }))?.pids.length, { timeout: 10_000 })
    .toBeGreaterThan(20);
  await kernel.killCgroup({ name });
  expect((await kernel.readCgroup({ name }))?.pids).toEqual([]);
  await ended;
});

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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

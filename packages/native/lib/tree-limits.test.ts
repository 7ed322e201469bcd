import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createFakeKernel, type FakeKernel } from './fake-kernel.ts';
import type { LimitVerbs } from './limit-processes.ts';
import { limitTree, readTreeLimits, type TreeLimits } from './tree-limits.ts';

/** Processes of a kernel in memory, listed by a group in a directory. */
async function tree(o: { raisesLimits?: boolean; helped?: boolean } = {}) {
  const directory = await mkdtemp(join(tmpdir(), 'limits-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const kernel = createFakeKernel(o);
  const pids: number[] = [];
  const procs = join(directory, 'group', 'below', 'cgroup.procs');
  await mkdir(join(directory, 'group', 'below'), { recursive: true });
  const write = () => writeFile(procs, pids.join('\n'));
  const start = async () => {
    const process = kernel.startProcess();
    pids.push(process.pid);
    await write();
    return process;
  };
  const init = await start();
  const helper = o.helped ? await start() : null;
  const files = async (pid: number) => (await kernel.readProcessLimits({ pid }))?.nofile;
  const saved = () => readTreeLimits(directory, init);
  return {
    ...{ kernel, start, init, helper, files },
    saved,
    async limit(limits: Record<string, number>, more: { verbs?: LimitVerbs; before?: TreeLimits } = {}) {
      const before = more.before ?? saved() ?? { resourceLimits: {}, pending: null };
      // What is usual is this process's own; in memory it is another kernel's.
      const verbs = more.verbs ?? kernel;
      await limitTree(asSelf(verbs, kernel), {
        runDirectory: directory,
        init,
        before,
        limits,
        cgroupProcsFiles: [join(directory, 'group', 'cgroup.procs')],
        isInside: (pid) => pid !== helper?.pid,
      });
    },
  };
}

/** This process is one of that kernel, too. */
function asSelf(verbs: LimitVerbs, kernel: FakeKernel): LimitVerbs {
  const self = kernel.startProcess();
  return {
    ...verbs,
    readProcessLimits: (o) => verbs.readProcessLimits({ pid: o.pid === process.pid ? self.pid : o.pid }),
  };
}

const both = (value: number) => ({ soft: value, hard: value });

test('every process of the groups below is limited, raised again, and has what is usual in the end', async () => {
  const { start, init, files, limit, saved } = await tree();
  const usual = await files(init.pid);
  const other = await start();
  for (const limits of [{ nofile: 64 }, { nofile: 256 }, { nofile: 128 }]) {
    await limit(limits);
    expect(saved()).toEqual({ resourceLimits: limits, pending: null });
    for (const { pid } of [init, other]) expect(await files(pid)).toEqual(both(limits.nofile));
  }
  await limit({});
  for (const { pid } of [init, other]) expect(await files(pid)).toEqual(usual);
});

test('a program of ours in the group is left alone', async () => {
  const { helper, init, files, limit } = await tree({ helped: true });
  const usual = await files(init.pid);
  await limit({ nofile: 64 });
  expect(await files(helper?.pid ?? 0)).toEqual(usual);
  expect(await files(init.pid)).toEqual(both(64));
});

test('what appears while the others are changed is changed too', async () => {
  const { kernel, start, files, limit } = await tree();
  const late: number[] = [];
  const setProcessLimit: LimitVerbs['setProcessLimit'] = async (o) => {
    // It had what its maker had, a moment ago.
    if (late.length < 3) late.push((await start()).pid);
    await kernel.setProcessLimit(o);
  };
  await limit({ nofile: 64 }, { verbs: { ...kernel, setProcessLimit } });
  expect(late).toHaveLength(3);
  for (const pid of late) expect(await files(pid)).toEqual(both(64));
});

test('what was cut short is known to be, and is done again from there', async () => {
  const { kernel, start, init, files, limit, saved } = await tree();
  const others = [await start(), await start()];
  const lastNumbers = await Promise.all(others.map(({ pid }) => files(pid)));
  let left = 1;
  const setProcessLimit: LimitVerbs['setProcessLimit'] = async (o) => {
    left -= 1;
    if (left < 0) throw new Error('killed');
    await kernel.setProcessLimit(o);
  };
  await expect(limit({ nofile: 64 }, { verbs: { ...kernel, setProcessLimit } })).rejects.toThrow('killed');
  expect(saved()?.pending).toEqual({ nofile: lastNumbers[0] });
  expect(saved()?.resourceLimits).toEqual({ nofile: 64 });
  await limit({ nofile: 64 });
  expect(saved()).toEqual({ resourceLimits: { nofile: 64 }, pending: null });
  for (const { pid } of [init, ...others]) expect(await files(pid)).toEqual(both(64));
  // Wanted otherwise before it was done again: what had less of it is raised like the rest.
  left = 1;
  await expect(limit({ nofile: 32 }, { verbs: { ...kernel, setProcessLimit } })).rejects.toThrow('killed');
  await limit({ nofile: 256 });
  await limit({ nofile: 128 });
  for (const { pid } of [init, ...others]) expect(await files(pid)).toEqual(both(128));
});

test('what a process denied itself stays denied', async () => {
  const { kernel, start, init, files, limit } = await tree();
  await limit({ nofile: 64 });
  const careful = await start();
  await kernel.setProcessLimit({ ...careful, resource: 'nofile', soft: 0, hard: 0 });
  await limit({ nofile: 256 });
  expect(await files(careful.pid)).toEqual(both(0));
  expect(await files(init.pid)).toEqual(both(256));
});

test('where limits may not be raised nothing is changed, not even those that would be lowered', async () => {
  const { kernel, start, init, files, limit, saved } = await tree({ raisesLimits: false });
  const other = await start();
  await limit({ nofile: 64, core: 0 });
  await expect(limit({ core: 0, nofile: 128, nproc: 5 })).rejects.toMatchObject({
    name: 'KernelError',
    code: 'EPERM',
    message: expect.stringContaining(`nofile of process ${init.pid}, nofile of process ${other.pid}`),
  });
  expect(saved()).toEqual({ resourceLimits: { nofile: 64, core: 0 }, pending: null });
  for (const { pid } of [init, other]) {
    expect(await files(pid)).toEqual(both(64));
    expect((await kernel.readProcessLimits({ pid }))?.nproc).not.toEqual(both(5));
  }
});

test('a process that refuses when others have changed already is named, and the change is not over', async () => {
  const { kernel, start, init, limit, saved } = await tree();
  const stubborn = await start();
  kernel.failures.push({ step: new RegExp(`nofile of process ${stubborn.pid} `), code: 'EPERM', times: 1 });
  await expect(limit({ nofile: 64 })).rejects.toMatchObject({
    code: 'EPERM',
    message: expect.stringMatching(`nofile of process ${stubborn.pid}; changed before it: 1`),
  });
  expect(saved()?.pending).not.toBeNull();
  expect((await kernel.readProcessLimits(init))?.nofile).toEqual(both(64));
  await limit({ nofile: 64 });
  expect(saved()?.pending).toBeNull();
});

test('processes that change their limits all the time are not waited for', async () => {
  const { kernel, init, limit, saved } = await tree();
  await limit({ nofile: 64 });
  const readProcessLimits: LimitVerbs['readProcessLimits'] = async (o) => {
    if (o.pid === init.pid)
      await kernel.setProcessLimit({ ...init, resource: 'nofile', soft: 100, hard: 200 });
    return kernel.readProcessLimits(o);
  };
  await expect(limit({ nofile: 256 }, { verbs: { ...kernel, readProcessLimits } })).rejects.toMatchObject({
    code: 'EAGAIN',
  });
  expect(saved()?.pending).not.toBeNull();
});

test('limits of a tree that ran there before are none of the next', async () => {
  const { init, limit, saved } = await tree();
  await limit({ nofile: 64 });
  expect(saved()).not.toBeNull();
  init.startTime += 1;
  expect(saved()).toBeNull();
});

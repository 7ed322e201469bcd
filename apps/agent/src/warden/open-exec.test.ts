import { createFakeKernel } from '@cellblock/native/fake-kernel';
import { FakeProcessTrees } from '@cellblock/native/fake-process-trees';
import { KernelError } from '@cellblock/native/kernel-error';
import type { TreeSpec } from '@cellblock/native/process-tree';
import { cgroupName } from '@cellblock/shared/owned-names';
import { expect, test } from 'vitest';
import { jailSpec } from '../../test/spec-builders.ts';
import { ExecSessions } from './exec-sessions.ts';
import { openExec } from './open-exec.ts';
import { jailPaths, wardenPaths } from './paths.ts';
import type { Warden } from './warden.ts';

const PATHS = wardenPaths('/data');
const INSTANCE = '0a1b2c3d';
const jail = jailSpec(1);
const { run: runDirectory } = jailPaths(PATHS, jail.key);

async function aHost(o: { jailRuns: boolean }) {
  const trees = new FakeProcessTrees();
  const kernel = createFakeKernel();
  const host = { trees, kernel, paths: PATHS, instance: INSTANCE };
  const warden = { host, exec: new ExecSessions(trees) } as unknown as Warden;
  if (o.jailRuns) {
    await kernel.createCgroup({ name: cgroupName(INSTANCE, jail.key) });
    const spec = { runDirectory, hostname: jail.name, idBase: 65_536, idCount: 65_536 };
    await trees.start({ ...spec, command: null } as TreeSpec);
  }
  const open = () =>
    openExec(warden, jail, { command: ['id', '-u'], environment: {}, uid: 0, gid: 0, tty: null });
  return { trees, warden, open };
}

test('a command in a jail that runs has a session', async () => {
  const { warden, open } = await aHost({ jailRuns: true });
  const said = [];
  for await (const piece of warden.exec.output(await open(), undefined)) said.push(piece);
  expect(said).toEqual([
    { type: 'output', stream: 'stdout', data: Buffer.from('id -u\n').toString('base64') },
    { type: 'exit', code: 0, signal: null },
  ]);
});

test('a jail that has ended, or that was never there, is told from a command that fails', async () => {
  const refusal = { code: 'conflict', field: 'jail', fix: `cellblock start ${jail.name}` };
  const never = await aHost({ jailRuns: false });
  await expect(never.open()).rejects.toMatchObject({
    refusal: { ...refusal, cause: 'It has no process on this host.' },
  });
  const { trees, open } = await aHost({ jailRuns: true });
  const missing = new KernelError('execute id', 'ENOENT', 2);
  const exec = trees.exec.bind(trees);
  trees.exec = async () => Promise.reject(missing);
  await expect(open()).rejects.toBe(missing);
  trees.exec = exec;
  trees.end(runDirectory, { code: 0, signal: null });
  await expect(open()).rejects.toMatchObject({
    refusal: { ...refusal, cause: 'Its first process is exited.' },
  });
});

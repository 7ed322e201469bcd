import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecSession, ProcessTrees } from '@cellblock/native/process-tree';
import { expect, onTestFinished, test, vi } from 'vitest';
import { FakeHost } from '../../../test/fake-host.ts';
import { jailPaths } from '../paths.ts';
import { openRegular, unpackedRoot } from './tar-root.ts';

test('a tarball is opened by its own path only, and no part of that is a link', async () => {
  const directory = await realpath(await mkdtemp('/tmp/tar-root-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  await mkdir(join(directory, 'elsewhere'));
  await writeFile(join(directory, 'elsewhere/root.tar'), 'a tarball');
  await symlink(join(directory, 'elsewhere'), join(directory, 'jail'));
  await symlink(join(directory, 'elsewhere/root.tar'), join(directory, 'root.tar'));
  const open = async (name: string) => {
    const file = await openRegular(join(directory, name));
    await file.close();
    return 'opened';
  };
  expect(await open('elsewhere/root.tar')).toBe('opened');
  await expect(open('jail/root.tar')).rejects.toThrow(
    `leads through a link to ${directory}/elsewhere/root.tar`,
  );
  await expect(open('root.tar')).rejects.toThrow('it is a link');
  await expect(open('elsewhere')).rejects.toThrow('it is not a file');
});

const CHUNK = 1024 * 1024;
const SIZE = 5 * CHUNK;

/** A tarball on its way to a tar that says when it has read a piece; how many bytes it was handed by then. */
async function unpacking(read: () => Promise<void>) {
  const fake = await FakeHost.open();
  onTestFinished(() => fake.close());
  const tarball = join(await realpath(fake.directory), 'root.tar');
  await writeFile(tarball, Buffer.alloc(SIZE));
  await mkdir(jailPaths(fake.host.paths, 'aaaaaaaa').storage, { recursive: true });
  const ended = Promise.withResolvers<{ code: number; signal: null }>();
  let handed = 0;
  const session: ExecSession = {
    write: (data) => {
      handed += data.length;
      return read();
    },
    closeInput: () => ended.resolve({ code: 0, signal: null }),
    resize: () => undefined,
    kill: () => undefined,
    output: (async function* () {})(),
    exit: ended.promise,
  };
  const trees = Object.assign(Object.create(fake.trees) as ProcessTrees, {
    start: async () => undefined,
    status: async () => null,
    exec: async () => session,
  });
  const tree = { cgroupProcsFiles: [], environment: {} } as unknown as Parameters<
    typeof unpackedRoot
  >[1]['tree'];
  const done = unpackedRoot({ ...fake.host, trees }, { jailKey: 'aaaaaaaa', tarball, tree });
  return { done, handed: () => handed };
}

test('of a tarball that tar reads slowly one piece at a time is in our memory', async () => {
  const reads: (() => void)[] = [];
  const { done, handed } = await unpacking(() => new Promise((read) => reads.push(read)));
  for (let piece = 1; piece <= SIZE / CHUNK; piece += 1) {
    await vi.waitUntil(() => reads.length > 0, { timeout: 10_000 });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(handed()).toBe(piece * CHUNK);
    reads.shift()?.();
  }
  await done;
});

test('control: a session that holds nobody back is handed all of it at once', async () => {
  const { done, handed } = await unpacking(async () => undefined);
  await done;
  expect(handed()).toBe(SIZE);
});

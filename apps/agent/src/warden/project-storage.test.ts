import { mkdir } from 'node:fs/promises';
import { createFakeKernel } from '@cellblock/native/fake-kernel';
import { expect, onTestFinished, test } from 'vitest';
import { FakeHost } from '../../test/fake-host.ts';
import { jailPaths } from './paths.ts';
import { boundStorage, isBound } from './project-storage.ts';

const MEBIBYTE = 2 ** 20;
const KEY = 'abcdefgh';
const directory = (size: number | null, inodes: number | null) =>
  ({ kind: 'directory', size, inodes }) as const;

test('a directory is not made to end below what lies in it, and its limits stay', async () => {
  const fake = await FakeHost.open();
  onTestFinished(() => fake.close());
  const kernel = createFakeKernel({ countsProjects: true });
  const used = { usedBytes: 0, usedInodes: 0 };
  const host = {
    ...fake.host,
    kernel: {
      ...kernel,
      readProjectQuota: async (o: Parameters<typeof kernel.readProjectQuota>[0]) => ({
        ...(await kernel.readProjectQuota(o)),
        ...used,
      }),
    },
  };
  await mkdir(jailPaths(host.paths, KEY).storage, { recursive: true });
  const bound = (size: number | null, inodes: number | null) =>
    boundStorage(host, KEY, directory(size, inodes));

  await bound(64 * MEBIBYTE, 1000);
  Object.assign(used, { usedBytes: 32 * MEBIBYTE, usedInodes: 500 });
  await expect(bound(31 * MEBIBYTE, 1000)).rejects.toThrow(
    /EDQUOT \(33554432 bytes are in use\. Ask for more/,
  );
  await expect(bound(64 * MEBIBYTE, 499)).rejects.toThrow('500 files are in use');
  expect(await isBound(host, KEY, directory(64 * MEBIBYTE, 1000))).toBe(true);

  await bound(32 * MEBIBYTE, 500);
  expect(await isBound(host, KEY, directory(32 * MEBIBYTE, 500))).toBe(true);
  // Root of the host may write over a limit: what was so before is not refused anew, and more is always taken.
  Object.assign(used, { usedBytes: 33 * MEBIBYTE, usedInodes: 501 });
  await bound(32 * MEBIBYTE, 600);
  await bound(null, 600);
  expect(await isBound(host, KEY, directory(null, 600))).toBe(true);

  // What lost its limits is held to them again.
  const path = jailPaths(host.paths, KEY).storage;
  const { project } = await kernel.readProject({ path });
  await kernel.setProjectQuota({ path, project, bytes: null, inodes: null });
  await bound(MEBIBYTE, 100);
  expect(await isBound(host, KEY, directory(MEBIBYTE, 100))).toBe(true);
});

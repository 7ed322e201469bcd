import { chmod, mkdir, rename, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecRequest } from '@cellblock/native/process-tree';
import { expect, onTestFinished, test } from 'vitest';
import { FakeHost } from '../../../test/fake-host.ts';
import { fillRoot } from './fill-root.ts';

/** Unpacks an upload; `unpack` is what the program that reads it does to `root`. */
async function unpacked(unpack: (root: string) => Promise<void>) {
  const fake = await FakeHost.open();
  onTestFinished(() => fake.close());
  const place = { input: join(fake.directory, 'input'), image: join(fake.directory, 'image') };
  const root = join(place.image, 'root');
  for (const path of Object.values(place)) await mkdir(path);
  const { trees } = fake;
  const exec = trees.exec.bind(trees);
  trees.exec = async (request: ExecRequest) => {
    const session = await exec(request);
    const [program] = request.command.slice(4);
    if (program === 'mkdir') await mkdir(root, { mode: 0o755 });
    if (program === 'tar') await unpack(root);
    // Only the archive's digest is an answer; that it is no image of a registry is said by silence.
    const output = (async function* () {
      if (program === 'sha256sum') yield { stream: 'stdout' as const, data: Buffer.from('1'.repeat(64)) };
    })();
    return { ...session, output };
  };
  const filled = fillRoot(fake.host, { kind: 'upload', name: 'a.tar' }, place, {
    directory: fake.directory,
    line: () => undefined,
    stage: () => undefined,
    signal: new AbortController().signal,
    fileBytes: 1024,
  });
  return { fake, root, filled };
}

const modeOf = async (path: string) => (await stat(path)).mode & 0o7777;

test('a root has the mode of a root, whatever the archive says', async () => {
  const { root, filled } = await unpacked((root) => chmod(root, 0o700));
  await filled;
  expect(await modeOf(root)).toBe(0o755);
});

test('a link that whoever unpacks puts where the root was gives nobody a directory of the host', async () => {
  const { fake, filled } = await unpacked(async (root) => {
    const secret = join(root, '../../secret');
    await mkdir(secret, { mode: 0o700 });
    await rename(root, `${root}.away`);
    await symlink(secret, root);
  });
  await expect(filled).rejects.toThrow(/ENOTDIR|ELOOP/);
  expect(await modeOf(join(fake.directory, 'secret'))).toBe(0o700);
});

import { chmod, mkdir, mkdtemp, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { loadBounds, writeDefaultBounds } from './bounds-file.ts';

async function directory(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'bounds-'));
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}

test('the default file is readable, allows no host path, and is written once', async () => {
  const path = await directory();
  await writeDefaultBounds(path);
  const first = await loadBounds(path);
  expect(first.bounds).toMatchObject({ rootPrefixes: [], exec: true, maxMemory: null });
  await writeFile(join(path, '20-own.yaml'), 'exec: false\n', { mode: 0o644 });
  await writeDefaultBounds(path);
  const second = await loadBounds(path);
  expect(second.bounds.exec).toBe(false);
  expect(second.hash).not.toBe(first.hash);
});

test('a misspelt key, a bad value and a file that others can write are refused by name', async () => {
  const path = await directory();
  const file = join(path, 'a.yaml');
  await writeFile(file, 'maxJail: 3\n', { mode: 0o644 });
  await expect(loadBounds(path)).rejects.toMatchObject({
    refusal: { cause: expect.stringMatching(/maxJail/) },
  });
  await writeFile(file, 'subnets: [10.0.0.1/24]\n');
  await expect(loadBounds(path)).rejects.toMatchObject({
    refusal: { cause: expect.stringMatching(/subnets.0: .*10.0.0.0\/24/) },
  });
  await writeFile(file, 'hostSettings: [net.ipv4.ip_forward, proc.hidpid]\n');
  await expect(loadBounds(path)).rejects.toMatchObject({
    refusal: {
      cause: expect.stringMatching(/^hostSettings.1: proc.hidpid .*proc.hidepid/),
      fix: expect.stringContaining(path),
    },
  });
  await writeFile(file, 'hostSettings: [net.ipv4.ip_forward, proc.hidepid]\n');
  expect((await loadBounds(path)).bounds.hostSettings).toHaveLength(2);
  await writeFile(file, 'exec: true\n');
  await chmod(file, 0o666);
  await expect(loadBounds(path)).rejects.toMatchObject({
    refusal: { cause: expect.stringContaining('mode 666'), fix: `chown root ${file} && chmod go-w ${file}` },
  });
});

test.each([
  ['no file', (path: string) => rm(join(path, 'a.yaml')), /no file whose name ends in .yaml/],
  [
    'a file under another name',
    (path: string) => rename(join(path, 'a.yaml'), join(path, 'a.yaml~')),
    /no file/,
  ],
  ['an empty file', (path: string) => truncate(join(path, 'a.yaml')), /being written/],
  ['no directory', (path: string) => rename(path, `${path}.away`), /ENOENT/],
])('%s is not the bounds that forbid nothing', async (_, damage, cause) => {
  const path = join(await directory(), 'bounds.d');
  await mkdir(path);
  await writeFile(join(path, 'a.yaml'), 'exec: false\n', { mode: 0o644 });
  expect((await loadBounds(path)).bounds.exec).toBe(false);
  await damage(path);
  await expect(loadBounds(path)).rejects.toMatchObject({
    refusal: {
      message: expect.stringContaining(path),
      cause: expect.stringMatching(cause),
      fix: expect.stringContaining(path),
    },
  });
});

test('files that have not changed are not read again, and one that has is', async () => {
  const path = await directory();
  const file = join(path, 'a.yaml');
  await writeFile(file, 'maxJails: 3\n', { mode: 0o644 });
  await pause(100);
  const first = await loadBounds(path);
  expect(await loadBounds(path)).toBe(first);
  for (const most of [4, 5]) {
    await writeFile(file, `maxJails: ${most}\n`);
    expect((await loadBounds(path)).bounds.maxJails).toBe(most);
  }
});

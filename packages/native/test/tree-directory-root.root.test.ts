import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { chmod, copyFile, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { TreeMount, TreeSpec } from '../lib/process-tree.ts';
import { BUILD_MS, linesByName, TreeFixture } from './tree-fixture.ts';

let fixture: TreeFixture;
let root: string;

beforeAll(async () => {
  fixture = await TreeFixture.create();
}, BUILD_MS);
afterAll(() => fixture.remove());

/** A root directory without a libc: the probes are static. */
beforeEach(async () => {
  root = await fixture.storage('root');
  await rm(root, { recursive: true });
  await mkdir(root);
  await mkdir(join(root, 'etc'));
  await copyFile(join(import.meta.dirname, '../build/probes/mounts'), join(root, 'mounts'));
});

async function run(command: string[], readOnly = false, mounts: TreeMount[] = []): Promise<string> {
  return fixture.run(fixture.trees, command, { root: { kind: 'directory', path: root, readOnly }, mounts });
}

describe('a directory as root', () => {
  test('is written with the ids that are seen inside', async () => {
    expect(await run(['/mounts', 'create', '/etc/made'])).toBe('create ok\n');
    expect(statSync(join(root, 'etc/made'))).toMatchObject({ uid: 0, gid: 0 });
  });

  test('gets its own /dev and /proc', async () => {
    expect(await run(['/mounts', 'read', '/dev/zero'])).toBe('content readable\n');
    expect(await run(['/mounts', 'read', '/proc/self/status'])).toBe('content readable\n');
    expect(await run(['/mounts', 'read', '/proc/kallsyms'])).toBe('content empty\n');
    // On disk there are only the places to mount on.
    expect(await readdir(join(root, 'dev'))).toEqual([]);
  });

  test('is not changed when it is read only, wherever one tries', async () => {
    const mounts: TreeMount[] = [{ kind: 'file', target: '/etc/hostname', content: 'x\n' }];
    const inside = linesByName(await run(['/mounts', 'make-writable', '/etc'], true, mounts));
    expect(inside.write).toBe('EROFS');
    expect(linesByName(await run(['/mounts', 'make-writable', '/etc'], false)).write).toBe('ok');
  });

  test('shows files that were given, over its own', async () => {
    await writeFile(join(root, 'etc/hosts'), 'from the disk');
    const mounts: TreeMount[] = [{ kind: 'file', target: '/etc/hosts', content: '' }];
    expect(await run(['/mounts', 'read', '/etc/hosts'])).toBe('content readable\n');
    expect(await run(['/mounts', 'read', '/etc/hosts'], false, mounts)).toBe('content empty\n');
  });

  test('is left without a mount of ours on the host', async () => {
    const before = execFileSync('cat', ['/proc/self/mounts'], { encoding: 'utf8' });
    const spec = await fixture.spec({
      root: { kind: 'directory', path: root, readOnly: false },
      command: ['/mounts', 'read', '/etc'],
    });
    await fixture.trees.start(spec);
    expect(execFileSync('cat', ['/proc/self/mounts'], { encoding: 'utf8' })).toBe(before);
    await fixture.trees.wait(spec);
  });
});

describe('a root that lies is refused, and nothing outside it is touched', () => {
  const canary = () => join(fixture.directory, 'canary');
  async function refused(changes: Partial<TreeSpec> = {}): Promise<void> {
    await mkdir(canary(), { recursive: true });
    const spec = await fixture.spec({
      root: { kind: 'directory', path: root, readOnly: false },
      command: ['/mounts', 'read', '/etc'],
      ...changes,
    });
    await expect(fixture.trees.start(spec)).rejects.toMatchObject({ code: 'ELOOP' });
    expect(await readdir(canary())).toEqual([]);
    expect(await fixture.trees.status(spec)).toBeNull();
  }

  test.each(['dev', 'proc'])('a link in place of /%s', async (name) => {
    await symlink(canary(), join(root, name));
    await refused();
    await rm(join(root, name));
    await symlink('etc', join(root, name));
    await refused();
  });

  test.each(['/', 'etc'])('a link (to %s) on the way to a mount', async (to) => {
    await symlink(to, join(root, 'way'));
    await refused({ mounts: [{ kind: 'file', target: '/way/file', content: 'x' }] });
    await refused({ mounts: [{ kind: 'tmpfs', target: '/way', size: '1m', mode: '755' }] });
  });

  test('a link in place of a file that is to be mounted', async () => {
    await symlink(join(canary(), 'made'), join(root, 'etc/resolv.conf'));
    await refused({ mounts: [{ kind: 'file', target: '/etc/resolv.conf', content: 'x' }] });
    expect(existsSync(join(canary(), 'made'))).toBe(false);
  });

  test('a root that is itself a link', async () => {
    await symlink(root, join(fixture.directory, 'link'));
    await refused({ root: { kind: 'directory', path: join(fixture.directory, 'link'), readOnly: true } });
    await refused({ root: { kind: 'directory', path: join(fixture.directory, 'link/etc'), readOnly: true } });
  });

  test('a directory where a file is to be', async () => {
    await mkdir(join(root, 'etc/hosts'));
    await chmod(join(root, 'etc/hosts'), 0o755);
    const spec = await fixture.spec({
      root: { kind: 'directory', path: root, readOnly: false },
      mounts: [{ kind: 'file', target: '/etc/hosts', content: 'x' }],
    });
    await expect(fixture.trees.start(spec)).rejects.toMatchObject({ code: 'EINVAL' });
  });
});

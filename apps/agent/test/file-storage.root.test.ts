import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { JailSpec } from '@cellblock/shared/host-spec';
import type { JailStorage } from '@cellblock/shared/jail-storage';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { jailPaths } from '../src/warden/paths.ts';
import { jailSpec } from './spec-builders.ts';
import { Stand } from './stand.ts';

const run = promisify(execFile);
const SLOW = 120_000;
const MEBIBYTE = 1024 ** 2;

let stand: Stand;
beforeAll(async () => {
  stand = await Stand.open();
  await stand.start();
}, SLOW);
afterAll(() => stand.close());

/** A jail that does `script` and then stays. */
function jail(n: number, script: string, storage?: JailStorage): JailSpec {
  return jailSpec(n, {
    settings: {
      ...(storage && { storage }),
      command: ['/bin/sh', '-c', `${script}; sync; echo done > /root/done; exec sleep 1000`],
      restart: 'no',
    },
  });
}

const placeOf = (one: JailSpec) => jailPaths(stand.paths, one.key);
const said = (one: JailSpec, name: string) =>
  readFile(join(placeOf(one).storage, 'root', name), 'utf8').catch(() => '');
const devicesOf = async (one: JailSpec) =>
  (await run('/sbin/losetup', ['--associated', placeOf(one).fileSystem])).stdout;

async function runsToItsEnd(one: JailSpec): Promise<void> {
  await stand.accept([one]);
  await stand.until('running', ({ jails }) => jails[0]?.state === 'running', SLOW);
  await expect.poll(() => said(one, 'done'), { timeout: SLOW }).toBe('done\n');
}

async function purge(one: JailSpec): Promise<void> {
  await stand.accept([{ ...one, wanted: 'destroyed', purge: true }]);
  await stand.until('gone', ({ jails }) => jails[0]?.state === 'destroyed' && !jails[0].hasStorage, SLOW);
  expect(await stat(placeOf(one).directory).catch(() => null)).toBeNull();
  expect(await stand.kernel.listMounts({ under: placeOf(one).directory })).toEqual([]);
  expect(
    (await run('/sbin/losetup', ['--list', '--noheadings', '--output', 'BACK-FILE'])).stdout,
  ).not.toContain(one.key);
}

const FILL = (megabytes: number) =>
  `dd if=/dev/zero of=/var/fill bs=1M count=${megabytes} 2>/root/dd; echo $? > /root/status; stat -c %s /var/fill > /root/size`;

test(
  'a jail’s own ext4 is full when it is full, and the host’s is not',
  async () => {
    const one = jail(1, FILL(64), { kind: 'file', fileSystem: 'ext4', size: 32 * MEBIBYTE, inodes: null });
    const before = await statfs(stand.directory);
    await runsToItsEnd(one);
    expect(await said(one, 'dd')).toContain('No space left on device');
    expect(Number(await said(one, 'size'))).toBeLessThan(32 * MEBIBYTE);
    const after = await statfs(stand.directory);
    expect(before.bavail * before.bsize - after.bavail * after.bsize).toBeLessThan(200 * MEBIBYTE);
    expect((await stat(placeOf(one).fileSystem)).blocks * 512).toBeLessThanOrEqual(33 * MEBIBYTE);
    const [mount] = await stand.kernel.listMounts({ under: placeOf(one).storage });
    expect(mount).toMatchObject({ fsType: 'ext4' });
    expect(mount?.options).toEqual(expect.arrayContaining(['nosuid', 'nodev']));

    // Stopped, it is taken away; started again, it is the same one.
    await stand.accept([{ ...one, wanted: 'stopped' }]);
    await stand.until('stopped', ({ jails }) => jails[0]?.state === 'stopped', SLOW);
    await expect.poll(() => devicesOf(one), { timeout: 10_000 }).toBe('');
    expect(await stand.kernel.listMounts({ under: placeOf(one).storage })).toEqual([]);
    const again = { ...one, startNumber: 2, settings: { ...one.settings, command: ['/bin/sleep', '1000'] } };
    await stand.accept([again]);
    await stand.until('running again', ({ jails }) => jails[0]?.state === 'running', SLOW);
    expect(await said(one, 'done')).toBe('done\n');
    await purge(again);
  },
  SLOW,
);

test(
  'control: a directory takes as much as the host has',
  async () => {
    const two = jail(2, FILL(64));
    await runsToItsEnd(two);
    expect(await said(two, 'status')).toBe('0\n');
    expect(Number(await said(two, 'size'))).toBe(64 * MEBIBYTE);
    await purge(two);
  },
  SLOW,
);

test(
  'its files are counted too: the last is refused inside, and the host makes more',
  async () => {
    const script = `n=0; mkdir /var/many; while true > /var/many/$n; do n=$((n+1)); [ $n -gt 5000 ] && break; done 2>/root/why; echo $n > /root/count`;
    const three = jail(3, script, { kind: 'file', fileSystem: 'ext4', size: 64 * MEBIBYTE, inodes: 2048 });
    await stand.accept([three]);
    await stand.until('running', ({ jails }) => jails[0]?.state === 'running', SLOW);
    // With no inode left it cannot say that it is done: it has written into what was there.
    const { storage } = placeOf(three);
    await expect.poll(async () => (await statfs(storage)).ffree, { timeout: SLOW }).toBe(0);
    expect((await statfs(storage)).files).toBeLessThan(2200);
    await writeFile(join(stand.directory, 'one-more'), '');
    await purge(three);
  },
  SLOW,
);

test(
  'an xfs works as well',
  async () => {
    const four = jail(4, FILL(400), { kind: 'file', fileSystem: 'xfs', size: 300 * MEBIBYTE, inodes: null });
    await runsToItsEnd(four);
    expect(await said(four, 'dd')).toContain('No space left on device');
    await purge(four);
  },
  SLOW,
);

test(
  'a jail that has files in a directory gets no file system over them',
  async () => {
    const five = jail(5, 'echo mine > /root/mine');
    await runsToItsEnd(five);
    await stand.accept([{ ...five, wanted: 'stopped' }]);
    await stand.until('stopped', ({ jails }) => jails[0]?.state === 'stopped', SLOW);
    const storage: JailStorage = { kind: 'file', fileSystem: 'ext4', size: 32 * MEBIBYTE, inodes: null };
    const other = { ...five, startNumber: 2, settings: { ...five.settings, storage } };
    await stand.accept([other]);
    const status = await stand.until('refused', ({ problems }) => problems.length > 0, SLOW);
    expect(status.problems[0]).toMatchObject({ code: 'ENOTEMPTY' });
    expect(await said(five, 'mine')).toBe('mine\n');
    expect(await stat(placeOf(five).fileSystem).catch(() => null)).toBeNull();
    await purge(other);
  },
  SLOW,
);

test(
  'a host’s disk that is full while one is made leaves nothing of it, and says step and errno',
  async () => {
    const small = await mkdtemp(join(tmpdir(), 'cellblock-small-'));
    try {
      await run('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', small]);
      // The same program in the same file, where there is no room for what it writes.
      await writeFile(join(small, 'filler'), Buffer.alloc(4 * MEBIBYTE - 8192)).catch(() => undefined);
      const { makeFileSystem } = await import('../src/warden/file-storage.ts');
      const path = join(small, 'storage.img');
      const wanted = { kind: 'file', fileSystem: 'ext4', size: 32 * MEBIBYTE, inodes: null } as const;
      await expect(makeFileSystem(path, wanted)).rejects.toMatchObject({
        step: expect.stringContaining('make an ext4'),
      });
      expect(await stat(path).catch(() => null)).toBeNull();
      expect(await stat(`${path}.new`).catch(() => null)).toBeNull();
    } finally {
      await run('umount', [small]).catch(() => undefined);
      await rm(small, { recursive: true, force: true });
    }
  },
  SLOW,
);

import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MountFlags, ProcessTrees, TreeMount, TreeSpec } from '../lib/process-tree.ts';
import { BUILD_MS, CAPABILITIES, linesByName, TreeFixture } from './tree-fixture.ts';

// A private root with nothing but what was declared, and each kind of mount in it.

let fixture: TreeFixture;
/** Open to everybody, as much of a host is: what a tree may do there is up to its mounts alone. */
let shown: string;
beforeAll(async () => {
  fixture = await TreeFixture.create();
  shown = mkdtempSync(join(tmpdir(), 'shown-'));
  chmodSync(shown, 0o755);
}, BUILD_MS);
afterAll(async () => {
  rmSync(shown, { recursive: true, force: true });
  await fixture.remove();
});

const plain: MountFlags = { readOnly: false, nosuid: true, nodev: true, noexec: false, nosymfollow: false };
const capabilities = [...CAPABILITIES, 'CAP_SYS_ADMIN', 'CAP_MKNOD'];

function bind(
  path: string,
  target: string,
  changes: Partial<MountFlags & { idmapped: boolean }> = {},
): TreeMount {
  return {
    kind: 'bind',
    source: { prefix: shown, path },
    target,
    idmapped: true,
    propagation: 'private',
    ...plain,
    ...changes,
  };
}

function place(name: string): string {
  const path = join(shown, name);
  mkdirSync(path);
  chmodSync(path, 0o777);
  return path;
}

/** In a view, with the filter left out so that only the mounts hold. */
async function inView(
  mounts: TreeMount[],
  command: string[],
  protections = 'allowed-calls',
  changes: Partial<TreeSpec> = {},
): Promise<string> {
  const trees: ProcessTrees = await fixture.without(protections);
  return fixture.run(trees, ['/probes/mounts', ...command], {
    root: { kind: 'view' },
    mounts,
    capabilities,
    ...changes,
  });
}

/** What the probe says that climbs once its directory has been moved. */
async function climb(
  output: AsyncIterator<string>,
  write: (text: string) => void,
  move: () => void,
): Promise<string> {
  expect((await output.next()).value).toBe('ready\n');
  move();
  write('go');
  return (await output.next()).value;
}

describe('a view', () => {
  test('has the declared names and no others, read only', async () => {
    place('names');
    const mounts = [bind('names', '/srv/www'), bind('names', '/data')];
    const names = (await inView(mounts, ['list', '/'])).trim().split('\n').sort();
    expect(names).toEqual(['...', 'data', 'dev', 'probes', 'proc', 'srv']);
    expect(await inView(mounts, ['write', '/'])).toBe('write EROFS\n');
    expect(await inView(mounts, ['write', '/'], 'allowed-calls,sealed-root')).toBe('write ok\n');
  });

  test('shows nothing of the old root', async () => {
    const mounted = await inView([], ['print', '/proc/self/mountinfo']);
    const targets = mounted
      .trim()
      .split('\n')
      .map((line) => line.split(' ')[4] ?? '');
    for (const target of targets) expect(target).toMatch(/^\/($|\.\.\.$|dev|proc|probes)/);
    expect(
      new Set(
        mounted
          .trim()
          .split('\n')
          .map((line) => line.split(' - ')[1]?.split(' ')[0]),
      ),
    ).toEqual(new Set(['tmpfs', 'devpts', 'mqueue', 'proc', 'ext4']));
  });

  test('has the flags of each mount, and of no other mount of the same directory', async () => {
    place('flags');
    const mounts = [
      bind('flags', '/rw'),
      bind('flags', '/ro', { readOnly: true }),
      bind('flags', '/all', { noexec: true, nosymfollow: true, readOnly: true }),
      bind('flags', '/suid', { nosuid: false, nodev: false }),
    ];
    const table = (await inView(mounts, ['print', '/proc/self/mountinfo'])).trim().split('\n');
    const flags = Object.fromEntries(
      table.map((line) => line.split(' ')).map((words) => [words[4], words[5]?.replace(',relatime', '')]),
    );
    expect(flags).toMatchObject({
      '/rw': 'rw,nosuid,nodev,idmapped',
      '/ro': 'ro,nosuid,nodev,idmapped',
      '/all': 'ro,nosuid,nodev,noexec,nosymfollow,idmapped',
      '/suid': 'rw,idmapped',
    });
    expect(await inView(mounts, ['write', '/rw'])).toBe('write ok\n');
    expect(statSync(join(shown, 'flags/canary'))).toMatchObject({ uid: 0, gid: 0 });
    expect(await inView(mounts, ['write', '/ro'])).toBe('write EROFS\n');
    expect(await inView(mounts, ['write', '/all'], 'allowed-calls,mount-flags')).toBe('write ok\n');
    // The host's own way there is as it was.
    writeFileSync(join(shown, 'flags/by-host'), '');
  });

  test('runs programs from a writable and from a read-only place, and none from a noexec one', async () => {
    const path = place('programs');
    copyFileSync(join(import.meta.dirname, '../build/probes/mounts'), join(path, 'program'));
    const run = (at: string, protections: string) =>
      fixture.without(protections).then((trees) =>
        fixture.run(trees, [`${at}/program`, 'read', '/dev/null'], {
          root: { kind: 'view' },
          mounts: [
            bind('programs', '/rw'),
            bind('programs', '/ro', { readOnly: true }),
            bind('programs', '/no', { noexec: true }),
          ],
        }),
      );
    expect(await run('/rw', '')).toBe('content empty\n');
    expect(await run('/ro', '')).toBe('content empty\n');
    await expect(run('/no', '')).rejects.toMatchObject({ code: 'EACCES' });
    expect(await run('/no', 'mount-flags')).toBe('content empty\n');
  });

  test('opens no device of a nodev place, and follows no link of a nosymfollow one', async () => {
    const path = place('traps');
    execFileSync('mknod', ['-m', '666', join(path, 'zero'), 'c', '1', '5']);
    writeFileSync(join(path, 'file'), 'file');
    symlinkSync('file', join(path, 'link'));
    const mounts = [bind('traps', '/strict', { nosymfollow: true }), bind('traps', '/lax', { nodev: false })];
    expect(await inView(mounts, ['read', '/strict/zero'])).toBe('content EACCES\n');
    expect(await inView(mounts, ['read', '/lax/zero'])).toBe('content readable\n');
    expect(await inView(mounts, ['read', '/strict/zero'], 'mount-flags')).toBe('content readable\n');
    expect(await inView(mounts, ['print', '/strict/link'])).toBe('print ELOOP\n');
    expect(await inView(mounts, ['print', '/lax/link'])).toBe('file');
    expect(await inView(mounts, ['print', '/strict/link'], 'mount-flags')).toBe('file');
  });

  test('keeps who sits in a directory that is moved out of it from going further up', async () => {
    const path = place('moved');
    const away = place('away');
    writeFileSync(join(shown, 'beside'), '');
    copyFileSync(join(import.meta.dirname, '../build/probes/mounts'), join(path, 'mounts'));
    const move = (name: string) => () => renameSync(join(path, name), join(away, name));
    for (const name of ['held', 'control']) mkdirSync(join(path, name, 'er'), { recursive: true });

    const spec = await fixture.spec({
      root: { kind: 'view' },
      mounts: [bind('moved', '/data')],
      command: null,
    });
    await fixture.trees.start(spec);
    try {
      const session = await fixture.trees.exec({
        runDirectory: spec.runDirectory,
        command: ['/probes/mounts', 'climb', '/data/held/er'],
        environment: {},
        uid: 0,
        gid: 0,
        tty: null,
        cgroupProcsFiles: [],
      });
      const output = (async function* () {
        for await (const { data } of session.output) yield Buffer.from(data).toString();
      })();
      expect(await climb(output, (text) => session.write(Buffer.from(text)), move('held'))).toBe(
        'up 0 ENOENT\n',
      );
    } finally {
      await fixture.trees.stop({ runDirectory: spec.runDirectory, signal: 9, timeoutMs: 5000 });
    }
    // A root by chroot alone is left this way (requirement C2).
    const program = spawn('chroot', [path, '/mounts', 'climb', '/control/er']);
    const output = program.stdout.setEncoding('utf8')[Symbol.asyncIterator]();
    expect(await climb(output, (text) => program.stdin.write(text), move('control'))).toBe('up 3 beside\n');
  });

  test('shows a host directory that is not idmapped as nobody’s', async () => {
    const path = place('plain');
    chmodSync(path, 0o755);
    writeFileSync(join(path, 'secret'), 'secret', { mode: 0o600 });
    const read = (idmapped: boolean) =>
      inView([bind('plain', '/data', { idmapped, readOnly: true })], ['read', '/data/secret']);
    expect(await read(false)).toBe('content EACCES\n');
    expect(await read(true)).toBe('content readable\n');
    expect(await inView([bind('plain', '/data', { idmapped: false })], ['write', '/data'])).toBe(
      'write EACCES\n',
    );
  });

  test('shows one file, and its content only', async () => {
    writeFileSync(join(place('files'), 'one'), 'one');
    const mounts = [bind('files/one', '/etc/one', { readOnly: true })];
    expect(await inView(mounts, ['print', '/etc/one'])).toBe('one');
    expect(await inView(mounts, ['list', '/etc'])).toBe('one\n');
    expect(await inView(mounts, ['open-for-write', '/etc/one'])).toBe('open EROFS\n');
    expect(await inView(mounts, ['open-for-write', '/etc/one'], 'mount-flags')).toBe('open ok\n');
  });
});

describe('root inside with every capability of its namespace undoes none of', () => {
  const kinds: [string, () => TreeMount[]][] = [
    ['/bound', () => [{ ...bind('undone', '/bound'), readOnly: true, noexec: true } as TreeMount]],
    ['/few', () => [{ kind: 'tmpfs', target: '/few', size: '1m', mode: '755', ...plain, readOnly: true }]],
    ['/proc2', () => [{ kind: 'proc', target: '/proc2' }]],
    ['/sys', () => [{ kind: 'sysfs', target: '/sys' }]],
    ['/hidden', () => [bind('undone', '/hidden'), { kind: 'mask', target: '/hidden' }]],
    ['/pts', () => [{ kind: 'devpts', target: '/pts' }]],
    ['/queues', () => [{ kind: 'mqueue', target: '/queues' }]],
  ];
  beforeAll(() => place('undone'));
  test.each(kinds)('%s', async (target, mounts) => {
    const scratch: TreeMount = { kind: 'tmpfs', target: '/tmp', size: '1m', mode: '755' };
    const loosen = async (protections: string) =>
      linesByName(await inView([...mounts(), scratch], ['loosen', target], protections));
    expect(await loosen('allowed-calls')).toEqual({
      umount: 'EINVAL',
      detach: 'EINVAL',
      move: 'EINVAL',
      remount: 'EPERM',
      setattr: 'EPERM',
      // A copy is a mount namespace of its own for as long as it is attached nowhere.
      copy: 'ENOSPC',
    });
    const control = await loosen('allowed-calls,locked-mounts');
    expect(Object.values(control)).toContain('ok');
  });
});

describe('mounts of the kernel', () => {
  test('proc shows what the tree’s own shows, masks included', async () => {
    const mounts: TreeMount[] = [{ kind: 'proc', target: '/other/proc' }];
    expect(await inView(mounts, ['read', '/other/proc/self/status'])).toBe('content readable\n');
    expect(await inView(mounts, ['read', '/other/proc/kallsyms'])).toBe('content empty\n');
    expect(await inView(mounts, ['open-for-write', '/other/proc/sys/kernel/msgmax'])).toBe('open EROFS\n');
    expect(await inView(mounts, ['read', '/other/proc/interrupts'], 'proc-masks')).toBe('content readable\n');
  });

  test('sysfs shows the links of the tree’s network alone, and is read only', async () => {
    const mounts: TreeMount[] = [{ kind: 'sysfs', target: '/sys' }];
    expect(await inView(mounts, ['list', '/sys/class/net'])).toBe('lo\n');
    // The files in it belong to the host's root, who owns the network: the second wall, which both run into.
    expect(await inView(mounts, ['chmod', '/sys'])).toBe('chmod EROFS\n');
    expect(await inView(mounts, ['chmod', '/sys'], 'allowed-calls,sysfs-read-only')).toBe('chmod EPERM\n');
    expect(await inView(mounts, ['list', '/sys/firmware'])).toBe('');
    expect(await inView(mounts, ['list', '/sys/kernel/tracing'])).toBe('');
  });

  test('devpts has terminals of its own', async () => {
    const mounts: TreeMount[] = [{ kind: 'devpts', target: '/pts' }];
    expect(linesByName(await inView(mounts, ['terminal', '/pts']))).toEqual({
      ptmx: 'ok',
      number: 'ok',
      terminal: 'ok',
    });
    expect(await inView(mounts, ['list', '/pts'])).toBe('ptmx\n');
  });

  test('mqueue is that of the tree’s own ipc namespace', async () => {
    const mounts: TreeMount[] = [{ kind: 'mqueue', target: '/queues' }];
    expect(await inView(mounts, ['create', '/queues/one'])).toBe('create ok\n');
    expect(await inView(mounts, ['list', '/queues'])).toBe('');
  });

  test('a mask covers a directory and a file', async () => {
    const path = place('masked');
    writeFileSync(join(path, 'file'), 'secret');
    mkdirSync(join(path, 'dir'));
    writeFileSync(join(path, 'dir/inner'), 'secret');
    const mounts: TreeMount[] = [
      bind('masked', '/data', { readOnly: true }),
      { kind: 'mask', target: '/data/file' },
      { kind: 'mask', target: '/data/dir' },
    ];
    expect(await inView(mounts, ['read', '/data/file'])).toBe('content empty\n');
    expect(await inView(mounts, ['list', '/data/dir'])).toBe('');
    expect(await inView(mounts, ['read', '/data/file'], 'view-masks')).toBe('content readable\n');
    expect(await inView(mounts, ['list', '/data/dir'], 'view-masks')).toBe('inner\n');
    expect(linesByName(await inView(mounts, ['unmask', '/data/file'])).content).toBe('empty');
    const control = await inView(mounts, ['unmask', '/data/file'], 'allowed-calls,locked-mounts');
    expect(linesByName(control).content).toBe('readable');
  });

  test('a tmpfs holds as many bytes and files as it was given', async () => {
    const mounts: TreeMount[] = [
      { kind: 'tmpfs', target: '/few', size: '65536', mode: '755', inodes: 10, ...plain },
    ];
    // One inode is the directory itself.
    expect(linesByName(await inView(mounts, ['fill', '/few']))).toEqual({ files: '9', bytes: '65536' });
    const control = linesByName(await inView(mounts, ['fill', '/few'], 'tmpfs-limits'));
    expect(Number(control.files)).toBe(10000);
    expect(Number(control.bytes)).toBe(64 << 20);
  });
});

import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { TreeMount, TreeRoot, TreeSpec } from '../lib/process-tree.ts';
import { BUILD_MS, CAPABILITIES, linesByName, TreeFixture } from './tree-fixture.ts';

// Layers of the host below what a tree writes, with the tree's own ids on disk in both.

let fixture: TreeFixture;
let at: string;
beforeAll(async () => {
  fixture = await TreeFixture.create();
}, BUILD_MS);
afterAll(() => fixture.remove());

beforeEach(async () => {
  at = await fixture.storage('layers');
  await rm(at, { recursive: true });
  for (const name of ['', 'top', 'bottom', 'own', 'own/upper', 'own/work']) mkdirSync(join(at, name));
  for (const layer of ['top', 'bottom']) {
    mkdirSync(join(at, layer, 'etc'));
    writeFileSync(join(at, layer, 'etc/name'), layer);
    writeFileSync(join(at, layer, `etc/${layer}`), layer, { mode: 0o600 });
  }
  await copyFile(join(import.meta.dirname, '../build/probes/mounts'), join(at, 'bottom/mounts'));
});

const root = (changes: Partial<Extract<TreeRoot, { kind: 'overlay' }>> = {}): TreeRoot => ({
  kind: 'overlay',
  lowers: [join(at, 'top'), join(at, 'bottom')],
  upper: join(at, 'own/upper'),
  work: join(at, 'own/work'),
  readOnly: false,
  ...changes,
});
const capabilities = [...CAPABILITIES, 'CAP_SYS_ADMIN'];

async function run(command: string[], protections = '', changes: Partial<TreeSpec> = {}): Promise<string> {
  const trees = await fixture.without(protections);
  return fixture.run(trees, ['/mounts', ...command], { root: root(), capabilities, ...changes });
}

describe('an overlay as root', () => {
  test('shows its layers, the uppermost first, and writes to none of them', async () => {
    expect(await run(['print', '/etc/name'])).toBe('top');
    expect(await run(['print', '/etc/bottom'])).toBe('bottom');
    expect(await run(['write', '/etc'])).toBe('write ok\n');
    expect(existsSync(join(at, 'top/etc/canary'))).toBe(false);
    expect(statSync(join(at, 'own/upper/etc/canary'))).toMatchObject({ uid: 0, gid: 0 });
  });

  test('copies up what is changed, with its owner, and remembers what is removed', async () => {
    expect(await run(['chmod', '/etc/bottom'])).toBe('chmod ok\n');
    expect(statSync(join(at, 'own/upper/etc/bottom'))).toMatchObject({ uid: 0, gid: 0, mode: 0o100755 });
    expect(statSync(join(at, 'bottom/etc/bottom')).mode).toBe(0o100600);
    expect(await run(['remove', '/etc/name'])).toBe('remove ok\n');
    expect(await run(['print', '/etc/name'])).toBe('print ENOENT\n');
    expect(readFileSync(join(at, 'top/etc/name'), 'utf8')).toBe('top');
    expect(lstatSync(join(at, 'own/upper/etc/name')).isCharacterDevice()).toBe(true);
  });

  test('has its own /dev and /proc, and makes the places of its mounts in the upper directory', async () => {
    const mounts: TreeMount[] = [{ kind: 'tmpfs', target: '/made', size: '1m', mode: '755' }];
    expect(await run(['read', '/proc/self/status'], '', { mounts })).toBe('content readable\n');
    expect(existsSync(join(at, 'own/upper/made'))).toBe(true);
    expect(existsSync(join(at, 'bottom/dev'))).toBe(false);
  });

  test('lets set-user-id programs of its layers work where the profile does', async () => {
    await copyFile(join(import.meta.dirname, '../build/probes/facts'), join(at, 'bottom/facts'));
    chmodSync(join(at, 'bottom/facts'), 0o4755);
    const euid = (noNewPrivileges: boolean) =>
      fixture.run(fixture.trees, ['/facts', 'euid'], {
        root: root(),
        uid: 1000,
        gid: 1000,
        confinement: { noNewPrivileges, chroot: true, proc: 'masked', mounts: false },
      });
    expect(await euid(false)).toBe('euid 0\n');
    expect(await euid(true)).toBe('euid 1000\n');
  });

  test('is locked when it is read only', async () => {
    const changes = { root: root({ readOnly: true }) };
    const command = ['make-writable', '/etc'];
    expect(linesByName(await run(command, 'allowed-calls', changes)).write).toBe('EROFS');
    expect(linesByName(await run(command, 'allowed-calls,read-only', changes)).write).toBe('ok');
  });

  test.each<[string, () => Partial<Extract<TreeRoot, { kind: 'overlay' }>>, string]>([
    ['a lower directory that is missing', () => ({ lowers: [join(at, 'gone')] }), 'ENOENT'],
    ['an upper directory that is missing', () => ({ upper: join(at, 'own/gone') }), 'ENOENT'],
    ['a work directory elsewhere', () => ({ work: join(at, 'elsewhere/work') }), 'EINVAL'],
    ['work that is upper', () => ({ work: join(at, 'own/upper') }), 'EINVAL'],
    ['a file in place of a layer', () => ({ lowers: [join(at, 'top/etc/name')] }), 'ENOTDIR'],
    ['upper below a lower directory', () => ({ lowers: [join(at, 'own')] }), 'ELOOP'],
  ])('%s is refused, and nothing is left', async (_, changes, code) => {
    const spec = await fixture.spec({ root: root(changes()), command: ['/mounts', 'read', '/etc'] });
    await expect(fixture.trees.start(spec)).rejects.toMatchObject({ code });
    expect(await fixture.trees.status(spec)).toBeNull();
  });
});

describe('an overlay in a view', () => {
  const overlay = (): TreeMount => ({
    kind: 'overlay',
    target: '/data',
    lowers: [
      { prefix: at, path: 'top' },
      { prefix: at, path: 'bottom' },
    ],
    upper: join(at, 'own/upper'),
    work: join(at, 'own/work'),
    readOnly: false,
    nosuid: true,
    nodev: true,
    noexec: false,
    nosymfollow: false,
  });
  const inView = async (command: string[], changes: object = {}, protections = 'allowed-calls') =>
    fixture.run(await fixture.without(protections), ['/probes/mounts', ...command], {
      root: { kind: 'view' },
      capabilities,
      mounts: [{ ...overlay(), ...changes } as TreeMount],
    });

  test('is written like any other place', async () => {
    expect(await inView(['print', '/data/etc/name'])).toBe('top');
    expect(await inView(['write', '/data/etc'])).toBe('write ok\n');
    expect(statSync(join(at, 'own/upper/etc/canary'))).toMatchObject({ uid: 0, gid: 0 });
  });

  test('that the kernel made read only without a word is refused', async () => {
    // Mounted by the host's root, who has no id in idmapped layers, it cannot work.
    await expect(inView(['write', '/data'], {}, 'overlay-owner')).rejects.toMatchObject({
      code: 'EROFS',
      message: expect.stringContaining('the kernel made it read only'),
    });
    expect(await inView(['write', '/data'], {}, 'overlay-owner,overlay-writable')).toBe('write EROFS\n');
  });

  test('has its flags, which stay', async () => {
    const command = ['make-writable', '/data/etc'];
    expect(await inView(['loosen', '/data'], { readOnly: true })).toContain('setattr EPERM');
    expect(linesByName(await inView(command, { readOnly: true })).write).toBe('EROFS');
    const control = await inView(command, { readOnly: true }, 'allowed-calls,mount-flags');
    expect(linesByName(control).write).toBe('ok');
  });
});

import { chmodSync, chownSync, copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ProcessTrees, TreeSpec } from '../lib/process-tree.ts';
import { BUILD_MS, CAPABILITIES, CONFINEMENTS, linesByName, TreeFixture } from './tree-fixture.ts';

// What a profile decides, for the first process and for `exec` alike; each with the same probe where it does not hold.

const probe = (name: string) => join(import.meta.dirname, '../build/probes', name);
const own = { ...CONFINEMENTS.daemon, noNewPrivileges: false };

let fixture: TreeFixture;
beforeAll(async () => {
  fixture = await TreeFixture.create();
}, BUILD_MS);
afterAll(() => fixture.remove());

/** A command as first process, and then by `exec` in a tree of the same spec. */
async function both(command: string[], changes: Partial<TreeSpec>, trees: ProcessTrees = fixture.trees) {
  const first = await fixture.run(trees, command, changes);
  const { uid = 0, gid = 0 } = changes;
  // The built-in init of the tree is root, whoever the command's user is.
  const spec = await fixture.spec({ ...changes, uid: 0, gid: 0 });
  await trees.start(spec);
  const { stdout, stderr } = await fixture.exec(trees, spec.runDirectory, command, { uid, gid });
  await trees.stop({ runDirectory: spec.runDirectory, signal: 15, timeoutMs: 5000 });
  return { first: linesByName(first), exec: linesByName(stdout + stderr) };
}

async function storageWith(...names: string[]) {
  const path = await fixture.storage(`files-${names.join('-')}`);
  for (const name of names) {
    copyFileSync(probe(name), join(path, name));
    chownSync(join(path, name), 0, 0);
    chmodSync(join(path, name), 0o4755);
  }
  return { kind: 'storage', path, target: '/data' } as const;
}

describe('without no_new_privs', () => {
  const user = { uid: 1000, gid: 1000 };

  test('a set-user-id program of the tree makes its user root of the tree, and of nothing else', async () => {
    const mounts = [await storageWith('facts')];
    const suid = await both(['/data/facts'], { ...user, mounts, confinement: own });
    for (const ran of [suid.first, suid.exec]) {
      expect(ran).toMatchObject({ NoNewPrivs: '0', Seccomp: '2', Seccomp_filters: '2' });
      expect(ran.Uid?.split('\t')).toEqual(['1000', '0', '0', '0']);
      // Not more than the bounding set, whatever a file gives; and nothing that is handed on.
      expect(ran.CapEff).toBe(ran.CapBnd);
      expect([ran.CapInh, ran.CapAmb]).toEqual(['0000000000000000', '0000000000000000']);
    }
    const plain = await both(['/data/facts'], { ...user, mounts });
    for (const ran of [plain.first, plain.exec]) {
      expect(ran).toMatchObject({ NoNewPrivs: '1', CapEff: '0000000000000000' });
      expect(ran.Uid?.split('\t')).toEqual(['1000', '1000', '1000', '1000']);
    }
  });

  test('the filter is the same, also for who became root by a program', async () => {
    const mounts = [await storageWith('calls')];
    const spec = { ...user, mounts, confinement: own };
    const held = await both(['/data/calls', 'kernel-doors'], spec);
    for (const ran of [held.first, held.exec])
      expect(ran).toMatchObject({ io_uring: 'EPERM', add_key: 'EPERM', bpf: 'EPERM', unknown: 'ENOSYS' });
    const control = await both(['/data/calls', 'kernel-doors'], spec, await fixture.without('allowed-calls'));
    for (const ran of [control.first, control.exec])
      expect(ran).toMatchObject({ io_uring: 'ok', add_key: 'ok' });
  });

  test('nothing of how it got there stays: securebits are as at boot', async () => {
    const bits = await both(['/probes/powers', 'bits'], { confinement: own });
    expect(bits.first).toEqual({ securebits: '0', dumpable: '1' });
    expect(bits.exec).toEqual(bits.first);
  });

  test("a file's capabilities count inside, within the bounding set", async () => {
    const mounts = [await storageWith('facts')];
    chmodSync(join(mounts[0]?.path ?? '', 'facts'), 0o755);
    const spec = { mounts, confinement: own, capabilities: [...CAPABILITIES, 'CAP_SETFCAP'] };
    expect(
      await fixture.run(fixture.trees, ['/probes/powers', 'set-file-capability', '/data/facts'], spec),
    ).toBe('setcap ok\n');
    const ran = await both(['/data/facts'], { ...spec, ...user });
    for (const { CapEff } of [ran.first, ran.exec]) expect(CapEff).toBe('0000000000000400');
    const nobody = await both(['/data/facts'], { ...spec, ...user, confinement: CONFINEMENTS.daemon });
    for (const { CapEff } of [nobody.first, nobody.exec]) expect(CapEff).toBe('0000000000000000');
    // Outside the bounding set it is not executed at all.
    const bounded = fixture.run(fixture.trees, ['/data/facts'], {
      ...spec,
      ...user,
      capabilities: ['CAP_KILL'],
    });
    await expect(bounded).rejects.toMatchObject({ step: 'execute /data/facts', code: 'EPERM' });
  });
});

describe('strict', () => {
  test('nobody calls chroot, whatever he holds', async () => {
    const command = ['/probes/powers', 'chroot'];
    const strict = { confinement: CONFINEMENTS.strict };
    expect(await both(command, strict)).toEqual({ first: { chroot: 'EPERM' }, exec: { chroot: 'EPERM' } });
    expect(await both(command, strict, await fixture.without('no-chroot'))).toEqual({
      first: { chroot: 'ok' },
      exec: { chroot: 'ok' },
    });
    expect((await both(command, {})).first).toEqual({ chroot: 'ok' });
  });

  test("/proc shows a user's own processes and nothing else", async () => {
    const command = [
      'sh',
      '-c',
      'cd /proc; for name in *; do echo "$name is"; done; [ -d 1 ] && echo "first is"',
    ];
    const names = async (trees: ProcessTrees) => {
      const spec = await fixture.spec({ confinement: CONFINEMENTS.strict });
      await trees.start(spec);
      const ran = await fixture.exec(trees, spec.runDirectory, command, { uid: 1000, gid: 1000 });
      await trees.stop({ runDirectory: spec.runDirectory, signal: 15, timeoutMs: 5000 });
      return Object.keys(linesByName(ran.stdout));
    };
    const strict = await names(fixture.trees);
    expect(strict.filter((name) => !/^\d+$/.test(name)).sort()).toEqual(['self', 'thread-self']);
    expect(strict).not.toContain('1');
    expect(strict).not.toContain('first');
    const control = await names(await fixture.without('own-processes'));
    expect(control).toEqual(expect.arrayContaining(['meminfo', 'sys', '1', 'first']));
  });
});

describe('resource limits', () => {
  const command = ['sh', '-c', 'echo "files $(ulimit -Sn) $(ulimit -Hn)"; echo "core $(ulimit -Hc)"'];

  test('hold for every process, and cannot be raised', async () => {
    const limited = { resourceLimits: { nofile: 77, core: 0 } };
    const held = { files: '77 77', core: '0' };
    expect(await both(command, limited)).toEqual({ first: held, exec: held });
    const control = await both(command, limited, await fixture.without('resource-limits'));
    expect(control.first.files).not.toContain('77 77');
    expect(control.exec.files).not.toContain('77 77');
    const raised = await both(['/probes/powers', 'process'], limited);
    expect([raised.first['raise-limit'], raised.exec['raise-limit']]).toEqual(['EPERM', 'EPERM']);
  });

  test('that the host cannot give are refused by name, before anything is made', async () => {
    const spec = await fixture.spec({ resourceLimits: { nofile: 2_000_000_000 } });
    await expect(fixture.trees.start(spec)).rejects.toMatchObject({
      step: expect.stringMatching(
        /^set resourceLimits.nofile to 2000000000: this host allows its root \d+ at most/,
      ),
      code: 'EPERM',
    });
    expect(await fixture.trees.status({ runDirectory: spec.runDirectory })).toBeNull();
  });
});

describe('devices', () => {
  const look = [
    'sh',
    '-c',
    'stat -c "fuse %F %t:%T %u" /dev/fuse; dd if=/dev/loop0 count=0 2>&1 | tail -n 1; exit 0',
  ];

  test("are the host's nodes, with the host's owner and mode", async () => {
    const text = await fixture.run(fixture.trees, look, { devices: ['fuse', 'loop0'] });
    expect(text).toContain('fuse character special file a:e5 65534\n');
    // Root of the tree is nobody to the host: what only the host's root may open stays closed.
    expect(text).toMatch(/loop0.*Permission denied/);
    expect(await fixture.run(fixture.trees, look)).toMatch(/fuse.*No such file/);
  });

  test.each([
    ['no-such-node', 'ENOENT'],
    ['shm', 'ENODEV'],
    ['stdin', 'ELOOP'],
  ])('%s is none, and is refused', async (name, code) => {
    const spec = await fixture.spec({ devices: [name] });
    await expect(fixture.trees.start(spec)).rejects.toMatchObject({
      step: expect.stringContaining(name),
      code,
    });
  });
});

test('no network and no further mounts below the tree, even for who may make them', async () => {
  const spec = { capabilities: [...CAPABILITIES, 'CAP_SYS_ADMIN'] };
  const command = ['/probes/powers', 'namespaces'];

  const held = await both(command, spec, await fixture.without('allowed-calls,argument-rules'));
  expect(held).toEqual({ first: { net: 'ENOSPC', mnt: 'ENOSPC' }, exec: { net: 'ENOSPC', mnt: 'ENOSPC' } });
  const control = await both(
    command,
    spec,
    await fixture.without('allowed-calls,argument-rules,no-nested-namespaces'),
  );
  expect(control.first).toEqual({ net: 'ok', mnt: 'ok' });
});

test.each(['system', 'daemon'] as const)('what root of a %s may not do, and what it may', async (profile) => {
  const spec = {
    confinement: CONFINEMENTS[profile],
    capabilities: [...CAPABILITIES, 'CAP_SYS_BOOT', 'CAP_SYS_NICE'],
  };
  const process = await both(['/probes/powers', 'process'], spec);
  const refused = { 'real-time': 'EPERM', nice: 'EACCES', 'raise-limit': 'EPERM' };
  for (const ran of [process.first, process.exec]) {
    expect(ran).toMatchObject(refused);
    expect(ran.label).not.toBe('ok');
  }
  const powers = await both(['/probes/powers', 'capabilities'], spec);
  const expected = {
    insmod: 'EPERM',
    'set-clock': 'EPERM',
    mknod: 'EPERM',
    'add-address': 'EPERM',
    chroot: 'ok',
  };
  expect(powers).toEqual({ first: expected, exec: expected });
  const machine = await both(['/probes/powers', 'machine'], spec);
  for (const ran of [machine.first, machine.exec])
    expect(ran).toEqual({ reboot: 'EINVAL', syslog: 'EPERM', swapon: 'EPERM', selinux: 'ENOENT' });
});

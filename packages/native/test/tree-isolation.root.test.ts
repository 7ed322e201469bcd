import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmodSync, chownSync, copyFileSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir, uptime } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { ProcessTrees, TreeMount, TreeSpec } from '../lib/process-tree.ts';
import { BUILD_MS, CAPABILITIES, linesByName, TreeFixture } from './tree-fixture.ts';

// Every protection is tried twice with the same probe: as it is shipped, and by the mutant that leaves it out.

let fixture: TreeFixture;
beforeAll(async () => {
  fixture = await TreeFixture.create();
}, BUILD_MS);
afterAll(() => fixture.remove());

async function facts(trees: ProcessTrees): Promise<Record<string, string>> {
  return linesByName(await fixture.run(trees, ['/probes/facts']));
}

describe('a tree has namespaces of its own', () => {
  test('its processes see only each other', async () => {
    const inside = await facts(fixture.trees);
    expect(inside).toMatchObject({ pid: '1', processes: '1' });
    const control = await facts(await fixture.without('pid-namespace'));
    expect(Number(control.pid)).toBeGreaterThan(1);
    expect(Number(control.processes)).toBeGreaterThan(1);
  });

  test('its hostname is its own', async () => {
    expect((await facts(fixture.trees)).hostname).toBe('inside');
    expect((await facts(await fixture.without('uts-namespace'))).hostname).toBe(hostname());
  });

  test('it finds no message queue of the host', async () => {
    const created = execFileSync('ipcmk', ['-Q'], { encoding: 'utf8' });
    const id = /(\d+)\s*$/.exec(created)?.[1] ?? '';
    try {
      const line = execFileSync('ipcs', ['-q', '-i', id], { encoding: 'utf8' });
      expect(line).toContain(id);
      const row = execFileSync('ipcs', ['-q'], { encoding: 'utf8' })
        .split('\n')
        .find((text) => text.split(/\s+/)[1] === id);
      const command = ['/probes/facts', 'queue', String(Number(row?.split(/\s+/)[0]) | 0)];
      expect(await fixture.run(fixture.trees, command)).toBe('queue ENOENT\n');
      // Found, though not allowed: it belongs to the host's root.
      expect(await fixture.run(await fixture.without('ipc-namespace'), command)).toBe('queue ok\n');
    } finally {
      execFileSync('ipcrm', ['-q', id]);
    }
  });

  test('its control group is its root', async () => {
    const cgroupProcsFiles = [await fixture.pidsGroup(50)];
    const groups = async (trees: ProcessTrees) =>
      fixture.run(trees, ['/bin/sh', '-c', 'grep -E "pids|^0::" /proc/self/cgroup'], { cgroupProcsFiles });
    expect(await groups(fixture.trees)).not.toContain(fixture.name);
    expect(await groups(await fixture.without('cgroup-namespace'))).toContain(fixture.name);
  });

  test('its mounts are its own', async () => {
    // A program of the host too: without a namespace of its own there is no other.
    const namespace = ['/bin/readlink', '/proc/self/ns/mnt'];
    const host = `${readlinkSync('/proc/self/ns/mnt')}\n`;
    const inside = await fixture.run(fixture.trees, namespace);
    expect(inside).toMatch(/^mnt:\[\d+\]\n$/);
    expect(inside).not.toBe(host);
    expect(await fixture.run(await fixture.without('mount-namespace'), namespace)).toBe(host);
  });

  test('its network is the one it was given, with nothing of the host in it', async () => {
    const inside = await facts(fixture.trees);
    expect(inside['ns-net']).toBe(`net:[${statSync(`/run/netns/${fixture.name}`).ino}]`);
    for (const kind of ['user', 'mnt', 'pid', 'net', 'ipc', 'uts', 'cgroup'])
      expect(inside[`ns-${kind}`]).not.toBe(readlinkSync(`/proc/self/ns/${kind}`));
  });
});

test('the NIS domain name of the host is not its own', async () => {
  // Started by somebody whose host has one.
  const before = `[ "$APART" ] || APART=1 exec unshare --uts "$0" "$@"; domainname of-the-host`;
  const inside = async (protections: string) =>
    fixture.run(await fixture.without(protections, { before }), ['domainname']);
  expect(await inside('')).toBe('(none)\n');
  expect(await inside('own-domain-name')).toBe('of-the-host\n');
});

describe('ids', () => {
  const write = ['/bin/sh', '-c', 'touch /data/by-root; mkdir -m 777 /data/open; exit 0'];

  test('N inside is N on disk in its storage, and another id on the host', async () => {
    const path = await fixture.storage('ids');
    const mounts: TreeMount[] = [{ kind: 'storage', path, target: '/data' }];
    await fixture.run(fixture.trees, write, { mounts });
    await fixture.run(fixture.trees, ['/probes/mounts', 'create', '/data/open/by-1000'], {
      mounts,
      uid: 1000,
      gid: 100,
    });
    expect(statSync(join(path, 'by-root'))).toMatchObject({ uid: 0, gid: 0 });
    expect(statSync(join(path, 'open/by-1000'))).toMatchObject({ uid: 1000, gid: 100 });
    const spec = await fixture.spec();
    const { init } = await fixture.trees.start(spec);
    expect(statSync(`/proc/${init?.pid}`).uid).toBe(spec.idBase);
    await fixture.trees.stop({ runDirectory: spec.runDirectory, signal: 15, timeoutMs: 5000 });
  });

  test('no two trees that run have the same, however many ask at once', async () => {
    const { idBase } = await fixture.spec();
    const startAll = async (trees: ProcessTrees) => {
      const specs: TreeSpec[] = [];
      for (let n = 0; n < 6; n++) specs.push(await fixture.spec({ idBase }));
      const started = await Promise.allSettled(specs.map((spec) => trees.start(spec)));
      const codes = started.map((one) => (one.status === 'rejected' ? one.reason.code : 'started'));
      for (const { runDirectory } of specs)
        if (await fixture.trees.status({ runDirectory }))
          await fixture.trees.stop({ runDirectory, signal: 9, timeoutMs: 5000 });
      return codes.sort();
    };
    expect(await startAll(fixture.trees)).toEqual([...Array(5).fill('EBUSY'), 'started']);
    expect(await startAll(fixture.trees)).toEqual([...Array(5).fill('EBUSY'), 'started']);
    expect(await startAll(await fixture.without('running-range'))).toEqual(Array(6).fill('started'));
  });

  test('a range whose tree lost its keeper is taken still, until the tree ends', async () => {
    const one = await fixture.spec();
    const { keeper, init } = await fixture.trees.start(one);
    if (!keeper || !init) throw new Error('it does not run');
    process.kill(keeper.pid, 'SIGKILL');
    const other = await fixture.spec({ idBase: one.idBase });
    await expect(fixture.trees.start(other)).rejects.toMatchObject({ code: 'EBUSY' });
    process.kill(init.pid, 'SIGKILL');
    await vi.waitFor(async () => await fixture.trees.start(other), { timeout: 10_000, interval: 20 });
    await fixture.trees.stop({ runDirectory: other.runDirectory, signal: 9, timeoutMs: 5000 });
  });

  test('a range that was taken in another boot is free, whoever has the number of its process now', async () => {
    const spec = await fixture.spec();
    const takenIn = async (boot: string) => {
      await mkdir('/run/cellblock/ids', { recursive: true, mode: 0o755 });
      const line = `${process.pid} ${Math.ceil(uptime() * 100)} ${boot}\n`;
      await writeFile(`/run/cellblock/ids/${spec.idBase}.tree`, line);
    };
    await takenIn(readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
    await expect(fixture.trees.start(spec)).rejects.toMatchObject({ code: 'EBUSY' });
    await takenIn(randomUUID());
    await fixture.trees.start(spec);
    await fixture.trees.stop({ runDirectory: spec.runDirectory, signal: 9, timeoutMs: 5000 });
  });

  test('without the idmapped mount, root inside cannot even write there', async () => {
    const path = await fixture.storage('unmapped');
    const mounts: TreeMount[] = [{ kind: 'storage', path, target: '/data' }];
    const text = await fixture.run(await fixture.without('idmapped-storage'), write, { mounts });
    expect(text).toContain('Permission denied');
  });

  test("what only the host's root may read in /usr stays unread", async () => {
    // A /usr of our own over the host's, in a mount namespace that only this start sees.
    const usr = await fixture.storage('usr');
    await mkdir(join(usr, 'share'));
    await writeFile(join(usr, 'share/secret'), 'secret', { mode: 0o600 });
    await writeFile(join(usr, 'share/open'), 'open', { mode: 0o644 });
    const read = async (protections: string, file: string) => {
      const trees = await fixture.without(protections, {
        before: `[ "$1" != start ] || exec unshare -m sh -c 'mount --bind ${usr} /usr && exec "$0" "$@"' ${join(import.meta.dirname, '../build/bin', protections ? 'spawn-mutant' : 'spawn')} "$@"`,
      });
      return fixture.run(trees, ['/probes/mounts', 'read', `/usr/share/${file}`]);
    };
    expect(await read('', 'open')).toBe('content readable\n');
    expect(await read('', 'secret')).toBe('content EACCES\n');
    expect(await read('plain-usr', 'secret')).toBe('content readable\n');
  });

  test('a user namespace inside is impossible, even where the filter would let it pass', async () => {
    const nested = async (protections: string) =>
      linesByName(await fixture.run(await fixture.without(protections), ['/probes/calls', 'namespaces']))
        .unshare;
    expect(await nested('allowed-calls,argument-rules')).toBe('ENOSPC');
    expect(await nested('allowed-calls,argument-rules,no-nested-user-namespaces')).toBe('ok');
  });
});

describe('mounts are locked', () => {
  // The filter refuses mounting as such; here it is left out, and root inside is given CAP_SYS_ADMIN.
  const capabilities = [...CAPABILITIES, 'CAP_SYS_ADMIN'];
  const attempt = async (protections: string, command: string[], mounts: TreeMount[] = []) =>
    linesByName(await fixture.run(await fixture.without(protections), command, { capabilities, mounts }));

  test.each(['/proc/kallsyms', '/proc/interrupts', '/proc/diskstats'])(
    'the mask over %s stays',
    async (path) => {
      const held = await attempt('allowed-calls', ['/probes/mounts', 'unmask', path]);
      expect(held).toEqual({ umount: 'EINVAL', detach: 'EINVAL', content: 'empty' });
      const control = await attempt('allowed-calls,locked-mounts', ['/probes/mounts', 'unmask', path]);
      expect(control).toMatchObject({ umount: 'ok', content: 'readable' });
    },
  );

  test('masks hide something', async () => {
    const control = await attempt('proc-masks', ['/probes/mounts', 'read', '/proc/interrupts']);
    expect(control).toEqual({ content: 'readable' });
  });

  test('settings below /proc/sys are read, not written', async () => {
    // One that belongs to the tree's own ipc namespace: the kernel itself would let root inside write it.
    const path = '/proc/sys/kernel/msgmax';
    expect(await attempt('', ['/probes/mounts', 'read', path])).toEqual({ content: 'readable' });
    expect(await attempt('', ['/probes/mounts', 'open-for-write', path])).toEqual({ open: 'EROFS' });
    expect(await attempt('proc-masks', ['/probes/mounts', 'open-for-write', path])).toEqual({ open: 'ok' });
  });

  test('read-only storage stays read only', async () => {
    const path = await fixture.storage('read-only');
    const mounts: TreeMount[] = [{ kind: 'storage', path, target: '/data', readOnly: true }];
    const command = ['/probes/mounts', 'make-writable', '/data'];
    expect(await attempt('allowed-calls', command, mounts)).toEqual({
      remount: 'EPERM',
      setattr: 'EPERM',
      write: 'EROFS',
    });
    const control = await attempt('allowed-calls,locked-mounts', command, mounts);
    expect(control.write).toBe('ok');
  });

  test("the host's /usr stays read only", async () => {
    const held = await attempt('allowed-calls', ['/probes/mounts', 'make-writable', '/usr']);
    expect(held).toEqual({ remount: 'EPERM', setattr: 'EPERM', write: 'EROFS' });
    // Judged by the lock alone: even writable, /usr belongs to nobody inside.
    const control = await attempt('allowed-calls,locked-mounts', ['/probes/mounts', 'make-writable', '/usr']);
    expect(control).toMatchObject({ remount: 'ok', setattr: 'ok', write: 'EACCES' });
  });

  test('there is no way up from its root', async () => {
    // Open to everybody, so that nothing but the root itself is in the way.
    const open = await mkdtemp(join(tmpdir(), 'open-'));
    try {
      const canary = join(open, 'canary');
      chmodSync(open, 0o755);
      await writeFile(canary, '');
      copyFileSync(join(import.meta.dirname, '../build/probes/mounts'), join(open, 'mounts'));
      const held = await attempt('', ['/probes/mounts', 'climb-out', canary]);
      expect(held).toEqual({ chroot: 'ok', canary: 'ENOENT' });
      // With chroot in place of pivot_root the host's root is still there, and programs run from where it has them.
      const control = await attempt('pivot-root', [join(open, 'mounts'), 'climb-out', canary]);
      expect(control.canary).toBe('ok');
    } finally {
      await rm(open, { recursive: true });
    }
  });

  test('nothing can be mounted', async () => {
    const command = ['/probes/mounts', 'mount', '/tmp'];
    expect(linesByName(await fixture.run(fixture.trees, command, { capabilities }))).toEqual({
      mount: 'EPERM',
      fsopen: 'EPERM',
      open_tree: 'EPERM',
    });
    expect(await attempt('allowed-calls,no-nested-namespaces', command)).toMatchObject({
      mount: 'ok',
      fsopen: 'ok',
      open_tree: 'ok',
    });
  });

  test('a device node that the host put into storage cannot be opened', async () => {
    const path = await fixture.storage('nodes');
    execFileSync('mknod', ['-m', '666', join(path, 'zero'), 'c', '1', '5']);
    const mounts: TreeMount[] = [{ kind: 'storage', path, target: '/data' }];
    const command = ['/probes/mounts', 'read', '/data/zero'];
    expect(await attempt('allowed-calls', command, mounts)).toEqual({ content: 'EACCES' });
    expect(await attempt('nodev', command, mounts)).toEqual({ content: 'readable' });
  });
});

describe('privileges', () => {
  test('a set-user-id program gains nothing', async () => {
    const path = await fixture.storage('suid');
    const program = join(path, 'facts');
    copyFileSync(join(import.meta.dirname, '../build/probes/facts'), program);
    chownSync(program, 0, 0);
    chmodSync(program, 0o4755);
    const run = async (trees: ProcessTrees) =>
      fixture.run(trees, ['/data/facts', 'euid'], {
        mounts: [{ kind: 'storage', path, target: '/data' }],
        uid: 1000,
        gid: 1000,
      });
    expect(await run(fixture.trees)).toBe('euid 1000\n');
    expect(await run(await fixture.without('no-new-privs'))).toBe('euid 0\n');
  });

  test('root holds the bounding set and no more', async () => {
    const inside = await facts(fixture.trees);
    // The numbers of CAPABILITIES in linux/capability.h.
    const set = [0, 1, 3, 4, 5, 6, 7, 8, 10, 18].reduce((bits, number) => bits | (1 << number), 0);
    const held = set.toString(16).padStart(16, '0');
    const none = ''.padStart(16, '0');
    expect(inside).toMatchObject({ CapBnd: held, CapPrm: held, CapEff: held, CapInh: none, CapAmb: none });
    expect(await fixture.run(fixture.trees, ['/probes/facts', 'sethostname'])).toBe('sethostname EPERM\n');
    const control = await fixture.run(await fixture.without('capabilities'), [
      '/probes/facts',
      'sethostname',
    ]);
    expect(control).toBe('sethostname ok\n');
  });

  test('no descriptor of ours is passed on', async () => {
    const run = async (protections: string) =>
      linesByName(
        await fixture.run(await fixture.without(protections, { descriptors: '9</etc/passwd' }), [
          '/probes/facts',
        ]),
      ).descriptors;
    expect(await run('')).toBe('0 1 2');
    expect(await run('descriptors')).toContain(' 9');
  });

  test('the program of the built-in init cannot be changed', async () => {
    // Given to root of the tree, the file's own mode forbids nothing: what holds is the mount it is seen through.
    const change = async (protections: string) => {
      const spec = await fixture.spec();
      const trees = await fixture.without(protections, { owner: spec.idBase });
      await trees.start(spec);
      const command = ['/probes/mounts', 'chmod', '/proc/1/exe'];
      const { stdout } = await fixture.exec(fixture.trees, spec.runDirectory, command);
      await trees.stop({ runDirectory: spec.runDirectory, signal: 15, timeoutMs: 5000 });
      return stdout;
    };
    expect(await change('')).toBe('chmod EROFS\n');
    expect(await change('read-only-init')).toBe('chmod ok\n');
  });
});

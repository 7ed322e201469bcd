import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
} from 'node:fs';
import { mkdir, rmdir, writeFile } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { ProcessTrees, TreeSpec } from '../lib/process-tree.ts';
import { BUILD_MS, CONFINEMENTS, linesByName, TreeFixture } from './tree-fixture.ts';

// The mount broker of a tree whose profile lets it mount (security.md 73 to 76).

const system = { confinement: CONFINEMENTS.system };
let fixture: TreeFixture;
beforeAll(async () => {
  fixture = await TreeFixture.create();
}, BUILD_MS);
afterAll(() => fixture.remove());

/** What `use` finds in a tree of this profile that runs its built-in init. */
async function inTree<Found>(
  use: (sh: (script: string, uid?: number) => Promise<string>, spec: TreeSpec) => Promise<Found>,
  trees: ProcessTrees = fixture.trees,
  changes: Partial<TreeSpec> = {},
): Promise<Found> {
  const spec = await fixture.spec({ ...system, ...changes });
  await trees.start(spec);
  try {
    const run = async (script: string, uid = 0) => {
      const ran = await fixture.exec(trees, spec.runDirectory, ['sh', '-c', script], { uid, gid: uid });
      return ran.stdout + ran.stderr;
    };
    return await use(run, spec);
  } finally {
    await trees.stop({ runDirectory: spec.runDirectory, signal: 15, timeoutMs: 5000 });
  }
}

/** The pids of processes of this name, as the host sees them, below the keeper of a tree. */
async function brokersOf(spec: TreeSpec): Promise<number[]> {
  const keeper = (await fixture.trees.status({ runDirectory: spec.runDirectory }))?.keeper?.pid;
  const children = readFileSync(`/proc/${keeper}/task/${keeper}/children`, 'utf8')
    .trim()
    .split(' ')
    .map(Number);
  return children.filter((pid) => readFileSync(`/proc/${pid}/comm`, 'utf8') === 'mount-broker\n');
}

const kinds = ['/probes/own_mounts', 'kinds', '/tmp'];
const allowed = ['tmpfs', 'devpts', 'mqueue', 'proc', 'cgroup2'];

describe('a tree that may mount', () => {
  test('covers its own root from no place, a root of its own making included', async () => {
    const over = ['/probes/own_mounts', 'over-own-root', '/tmp'];
    expect(await fixture.run(fixture.trees, over, system)).toBe('chroot ok\nmount EPERM\n');
    const mutant = await fixture.without('own-root');
    expect(await fixture.run(mutant, over, system)).toBe('chroot ok\nmount ok\n');
  });

  test('mounts what its profile names and nothing else, as first process and by exec', async () => {
    const first = linesByName(await fixture.run(fixture.trees, kinds, system));
    const exec = linesByName(await inTree((sh) => sh(kinds.join(' '))));
    expect(exec).toEqual(first);
    const {
      hierarchy,
      agent,
      'no-type': noType,
      'bad-pointer': badPointer,
      'no-such': noSuch,
      move,
      ...rest
    } = first;
    expect(Object.entries(rest).filter(([, outcome]) => outcome === 'ok')).toEqual(
      allowed.map((name) => [name, 'ok']),
    );
    expect(new Set(Object.values(rest))).toEqual(new Set(['ok', 'EPERM']));
    expect([noType, badPointer, noSuch]).toEqual(['EPERM', 'EFAULT', 'ENOENT']);
    expect([hierarchy, agent]).toEqual([expect.not.stringMatching('ok'), 'EINVAL']);
    // What the tree began with is locked.
    expect(move).toBe('EINVAL');
  });

  test('and the broker is what refuses another kind', async () => {
    const control = linesByName(await fixture.run(await fixture.without('mount-kinds'), kinds, system));
    expect(control).toMatchObject({ ramfs: 'ok' });
  });

  test('a tree of another profile mounts nothing', async () => {
    const daemon = linesByName(await fixture.run(fixture.trees, kinds));
    expect(new Set(Object.values(daemon))).toEqual(new Set(['EPERM']));
  });

  test('only root with all that root of the tree can hold', async () => {
    const as = (trees: ProcessTrees) =>
      inTree(async (sh) => {
        const ask = '/probes/own_mounts mount tmpfs /tmp size=1m';
        return [
          await sh(ask),
          await sh(ask, 1000),
          await sh(`setpriv --bounding-set -kill ${ask}`),
          await sh(`setpriv --reuid 1000 --clear-groups ${ask}`),
        ].map((line) => linesByName(line).mount);
      }, trees);
    expect(await as(fixture.trees)).toEqual(['ok', 'EPERM', 'EPERM', 'EPERM']);
    expect(await as(await fixture.without('mounts-of-root-only'))).toEqual(['ok', 'ok', 'ok', 'ok']);
  });

  test('finds its mounts where it asked for them: from its working directory, and from its root', async () => {
    const text = await inTree((sh) =>
      sh(`mkdir -p /tmp/a/b /tmp/root/in && cd /tmp/a && mount -t tmpfs one ./b/../b && cd / &&
        cp /probes/own_mounts /tmp/root/ && /usr/sbin/chroot /tmp/root /own_mounts mount tmpfs ../../in size=1m
        grep -oE ' /tmp/[a-z/]+ ' /proc/self/mountinfo; umount /tmp/a/b && cd /tmp/root && umount in && echo gone`),
    );
    expect(text).toBe('mount ok\n /tmp/a/b \n /tmp/root/in \ngone\n');
  });
});

describe('what it is given', () => {
  test('a tmpfs is no larger than half of the memory', async () => {
    const size = (trees: ProcessTrees, asked: string) =>
      inTree((sh) => sh(`/probes/own_mounts mount tmpfs /tmp ${asked}; stat -f -c '%S %b' /tmp`), trees).then(
        (text) => {
          const [block, count] = (text.split('\n')[1] ?? '').split(' ').map(Number);
          return (block ?? 0) * (count ?? 0);
        },
      );
    const page = 4096;
    const half = totalmem() / 2 + page;
    for (const asked of ['mode=755', 'size=99t', 'size=100%', 'size=0', 'nr_blocks=1', 'size=-1'])
      expect(await size(fixture.trees, asked), asked).toBeLessThanOrEqual(half);
    expect(await size(fixture.trees, 'size=3m')).toBe(3 * 2 ** 20);
    expect(await size(await fixture.without('bounded-tmpfs'), 'size=100%')).toBeGreaterThan(half);
  });

  test("nor than the tree's limit on memory", async () => {
    const v1 = '/sys/fs/cgroup/memory';
    const group = join(existsSync(v1) ? v1 : '/sys/fs/cgroup', fixture.name);
    await mkdir(group);
    try {
      await writeFile(
        join(group, existsSync(v1) ? 'memory.limit_in_bytes' : 'memory.max'),
        String(64 * 2 ** 20),
      );
      const changes = { cgroupProcsFiles: [join(group, 'cgroup.procs')] };
      const ask = '/probes/own_mounts mount tmpfs /tmp size=1g; stat -f -c "%S %b" /tmp';
      expect(await inTree((sh) => sh(ask), fixture.trees, changes)).toBe('mount ok\n4096 16384\n');
    } finally {
      await vi.waitFor(() => rmdir(group), { timeout: 10_000 });
    }
  });

  test('what it mounts makes nobody root, and holds no devices', async () => {
    const path = await fixture.storage('suid');
    copyFileSync(join(import.meta.dirname, '../build/probes/facts'), join(path, 'facts'));
    chownSync(join(path, 'facts'), 0, 0);
    chmodSync(join(path, 'facts'), 0o755);
    const euid = (trees: ProcessTrees) =>
      inTree(
        (sh) =>
          sh(`mkdir /tmp/m && mount -t tmpfs -o suid,dev x /tmp/m && cp /data/facts /tmp/m/ && chmod 4755 /tmp/m/facts &&
            setpriv --reuid 1000 /tmp/m/facts euid`),
        trees,
        { mounts: [{ kind: 'storage', path, target: '/data' }] },
      );
    expect(await euid(fixture.trees)).toBe('euid 1000\n');
    expect(await euid(await fixture.without('nosuid-mounts'))).toBe('euid 0\n');
  });

  test('a further /proc has the masks of the first, and none can be lifted', async () => {
    const text = await inTree((sh) =>
      sh(`mkdir /tmp/p && mount -t proc proc /tmp/p && cat /tmp/p/interrupts | wc -c
        for path in /tmp/p/interrupts /proc/interrupts /tmp/p/sys /proc; do /probes/own_mounts umount $path; done
        echo x 2>/dev/null > /tmp/p/sys/kernel/hostname || echo read-only; cat /tmp/p/interrupts | wc -c
        cat /tmp/p/1/comm; umount -l /tmp/p; ls /tmp/p | wc -l`),
    );
    const locked = 'umount EINVAL\ndetach EINVAL\n'.repeat(4);
    expect(text).toBe(`0\n${locked}read-only\n0\nspawn\n0\n`);
  });

  test('it moves what it mounted, and makes it read only; neither can be said of what it began with', async () => {
    const script = `mkdir /tmp/a /tmp/b && mount -t tmpfs a /tmp/a && touch /tmp/a/file && cd /
      mount -o remount,bind,ro /tmp/a && touch /tmp/a/more; mount -o remount,bind,rw /tmp/a; touch /tmp/a/more
      mount --move /tmp/a /tmp/b && ls /tmp/a /tmp/b; mount --move /tmp/b / ; mount --move /proc/sys /tmp/a
      mount -o remount,bind,rw /proc/sys; echo x > /proc/sys/kernel/hostname; ls /tmp/a`;
    const told = await inTree((sh) => sh(`export LC_ALL=C; ${script}`));
    expect(told.match(/Read-only file system/g)?.length).toBe(3);
    expect(told).toContain('/tmp/a:\n\n/tmp/b:\nfile\n');
    expect(told).not.toMatch(/^kernel$/m);
    const unlocked = await fixture.without('locked-mounts');
    const moved = await inTree(
      (sh) => sh('mkdir /tmp/a && mount --move /proc/sys /tmp/a; ls /tmp/a'),
      unlocked,
    );
    expect(moved).toMatch(/^kernel$/m);
  });

  test('its groups can be read and not changed', async () => {
    const make = (trees: ProcessTrees) =>
      inTree((sh) => sh('mkdir /tmp/g && mount -t cgroup2 g /tmp/g && mkdir /tmp/g/below'), trees);
    expect(await make(fixture.trees)).toContain('Read-only file system');
    // They belong to the host's root as well.
    expect(await make(await fixture.without('read-only-groups'))).toContain('Permission denied');
  });

  test('there is an end to how many', async () => {
    const ask = '/probes/own_mounts many /tmp 600';
    const held = linesByName(await inTree((sh) => sh(ask)));
    expect(Number(held.made)).toBe(128);
    expect(held).toMatchObject({ refused: 'ENOSPC' });
    // A table of few lines that are long is not read to its end.
    const long = `p=/tmp; for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do p="$p/$(printf '%250s' '')"; done
      mkdir -p "$p"; n=0; while [ $n -lt 150 ] && mount -t tmpfs x "$p" 2>/dev/null; do n=$((n+1)); done; echo $n`;
    expect(Number(await inTree((sh) => sh(long)))).toBeLessThan(128);
    const terminals = `mkdir /tmp/t; n=0; while [ $n -lt 20 ] && mount -t devpts x /tmp/t 2>/dev/null; do n=$((n+1))
      done; echo $n`;
    expect(Number(await inTree((sh) => sh(terminals)))).toBeLessThan(8);
    const control = await fixture.without('mount-count');
    expect(Number(await inTree((sh) => sh(long), control))).toBe(150);
    expect(Number(await inTree((sh) => sh(terminals), control))).toBe(20);
    expect(linesByName(await inTree((sh) => sh(ask), control))).toEqual({ made: '600', refused: 'never' });
  });
});

describe('whoever lies', () => {
  test('gains nothing by another type 100,000 times between look and use', async () => {
    expect(await inTree((sh) => sh('/probes/own_mounts race-type /tmp'))).toBe('wins 0\n');
    const control = await fixture.without('mount-kinds');
    expect(await inTree((sh) => sh('/probes/own_mounts race-type /tmp'), control)).not.toBe('wins 0\n');
  });

  test('mounts nothing outside his root by a link that is swapped', async () => {
    expect(linesByName(await inTree((sh) => sh('/probes/own_mounts race-target /tmp')))).toEqual({
      link: 'ok',
      chroot: 'ok',
      landed: 'some',
      outside: '0',
    });
  });

  test('has no listener of his own beside it', async () => {
    const listen = '/probes/powers second-listener';
    expect(await inTree((sh) => sh(listen))).toBe('listener EBUSY\n');
    expect(await inTree((sh) => sh(listen), fixture.trees, { confinement: CONFINEMENTS.daemon })).toBe(
      'listener ok\n',
    );
  });
});

describe('the broker', () => {
  test('has no more than it needs, and is nothing that the tree can see', async () => {
    await inTree(async (sh, spec) => {
      const [broker] = await brokersOf(spec);
      const init = (await fixture.trees.status({ runDirectory: spec.runDirectory }))?.init?.pid;
      const status = linesByName(readFileSync(`/proc/${broker}/status`, 'utf8').replaceAll(':\t', ' '));
      expect(status).toMatchObject({
        CapEff: '0000000000280000',
        CapPrm: '0000000000280000',
        CapBnd: '0000000000280000',
        CapInh: '0000000000000000',
        NoNewPrivs: '1',
        Seccomp: '2',
      });
      const namespace = (pid: number | undefined, kind: string) => readlinkSync(`/proc/${pid}/ns/${kind}`);
      for (const kind of ['user', 'mnt', 'net', 'ipc', 'uts', 'cgroup'])
        expect(namespace(broker, kind), kind).toBe(namespace(init, kind));
      expect(namespace(broker, 'pid')).not.toBe(namespace(init, 'pid'));
      expect(readdirSync(`/proc/${broker}/fd`).length).toBeLessThan(12);
      expect(await sh('cat /proc/[0-9]*/comm')).not.toContain('mount-broker');
      // Small enough that each tree can have one.
      const own = /^Private_Dirty:\s+(\d+) kB/m.exec(readFileSync(`/proc/${broker}/smaps_rollup`, 'utf8'));
      expect(Number(own?.[1])).toBeLessThan(512);
    });
  });

  test("is in the tree's groups, and ends with it", async () => {
    const cgroupProcsFiles = [await fixture.pidsGroup(50)];
    const broker = await inTree(
      async (_, spec) => {
        const [pid] = await brokersOf(spec);
        expect(readFileSync(`/proc/${pid}/cgroup`, 'utf8')).toContain(`/${fixture.name}\n`);
        return pid;
      },
      fixture.trees,
      { cgroupProcsFiles },
    );
    await vi.waitFor(() => expect(isRunning(broker)).toBe(false), { timeout: 10_000 });
  });

  test('once killed, nothing can be mounted, and the tree goes on and ends', async () => {
    const other = await fixture.spec(system);
    await fixture.trees.start(other);
    await inTree(async (sh, spec) => {
      const [broker] = await brokersOf(spec);
      process.kill(broker ?? 0, 'SIGKILL');
      await vi.waitFor(() => expect(isRunning(broker)).toBe(false), { timeout: 10_000 });
      expect(await sh('/probes/own_mounts mount tmpfs /tmp size=1m')).toBe('mount ENOSYS\n');
      expect(await sh('echo goes on')).toBe('goes on\n');
    });
    const elsewhere = await fixture.exec(fixture.trees, other.runDirectory, [
      '/probes/own_mounts',
      'mount',
      'tmpfs',
      '/tmp',
      'size=1m',
    ]);
    expect(elsewhere.stdout).toBe('mount ok\n');
    await fixture.trees.stop({ runDirectory: other.runDirectory, signal: 15, timeoutMs: 5000 });
  });

  test('stopped, it lets nothing through, and who waits for it can be killed', async () => {
    await inTree(async (sh, spec) => {
      const [broker] = await brokersOf(spec);
      process.kill(broker ?? 0, 'SIGSTOP');
      try {
        const waits = 'timeout -s KILL 0.3 /probes/own_mounts mount tmpfs /tmp size=1m; echo "ended $?"';
        expect(await sh(waits)).toContain('ended 137\n');
        expect(await sh('grep -c " /tmp " /proc/self/mountinfo')).toBe('1\n');
      } finally {
        process.kill(broker ?? 0, 'SIGCONT');
      }
      // Those who are dead by now get no mount either.
      expect(await sh('grep -c " /tmp " /proc/self/mountinfo')).toBe('1\n');
      expect(await sh('/probes/own_mounts mount tmpfs /tmp size=1m')).toBe('mount ok\n');
    });
  });

  test('that cannot be had keeps the tree from starting, and nothing is left', async () => {
    const spec = await fixture.spec({ ...system, cgroupProcsFiles: [await fixture.pidsGroup(1)] });
    await fixture.trees.start(spec).then(
      () => fixture.trees.stop({ runDirectory: spec.runDirectory, signal: 9, timeoutMs: 5000 }),
      (error) => expect(error).toMatchObject({ step: expect.any(String) }),
    );
    expect(existsSync(join(spec.runDirectory, 'mounts.sock'))).toBe(
      existsSync(join(spec.runDirectory, 'tree')),
    );
  });

  test('takes the arguments of a set-user-id program, which its user may not look into', async () => {
    const path = await fixture.storage('suid-mounts');
    copyFileSync(join(import.meta.dirname, '../build/probes/own_mounts'), join(path, 'own_mounts'));
    chownSync(join(path, 'own_mounts'), 0, 0);
    chmodSync(join(path, 'own_mounts'), 0o4755);
    const ask = 'own_mounts mount tmpfs /tmp size=1m';
    const text = await inTree((sh) => sh(`/data/${ask}; /probes/${ask}`, 1000), fixture.trees, {
      mounts: [{ kind: 'storage', path, target: '/data' }],
    });
    expect(text).toBe('mount ok\nmount EPERM\n');
  });
});

function isRunning(pid: number | undefined): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

test('everything that was started here has ended', () => {
  const left = execFileSync('ps', ['-eo', 'pid,stat,comm,args'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes('mount-broker') && line.includes(fixture.directory) && !/ Z/.test(line));
  expect(left).toEqual([]);
});

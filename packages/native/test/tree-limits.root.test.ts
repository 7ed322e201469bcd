import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { processesBelow } from '../lib/cgroup/group-files.ts';
import { createLinuxKernel } from '../lib/linux-kernel.ts';
import type { TreeSpec } from '../lib/process-tree.ts';
import { BUILD_MS, CONFINEMENTS, TreeFixture } from './tree-fixture.ts';

const kernel = createLinuxKernel();
let fixture: TreeFixture;
beforeAll(async () => {
  fixture = await TreeFixture.create();
}, BUILD_MS);
afterAll(() => fixture.remove());

const MOST = 200;
/** Opens as many files as it can, up to MOST, and says how many. */
const BOMB = `my @files; for (1..${MOST}) { open(my $file, '<', '/dev/null') or last; push @files, $file }`;
/** Two processes, each of which does it whenever it is told to. */
const BOMBS = `$| = 1; $SIG{USR1} = sub { ${BOMB} print "opened " . @files . "\\n" }; fork; print "ready\\n"; sleep 1 while 1`;
const BUSY = { timeout: 20_000 };

async function started(changes: Partial<TreeSpec>) {
  const procs = await fixture.pidsGroup(100);
  const list = () => processesBelow(dirname(procs));
  const spec = await fixture.spec({ cgroupProcsFiles: [procs], ...changes });
  await fixture.trees.start(spec);
  const { runDirectory } = spec;
  const heard = async (line: RegExp) =>
    (await fixture.consoleText(runDirectory)).split('\n').flatMap((text) => line.exec(text)?.[1] ?? []);
  return {
    spec,
    list,
    heard,
    limit: (limits: Record<string, number>) =>
      fixture.trees.limit({ runDirectory, limits, cgroupProcsFiles: [procs] }),
    /** How many files each process of the tree could open, and one that comes by exec. */
    async bombs(): Promise<number[]> {
      const before = (await heard(/^opened (\d+)/)).length;
      for (const pid of list()) process.kill(pid, 'SIGUSR1');
      await expect.poll(async () => (await heard(/^opened (\d+)/)).length, BUSY).toBe(before + 2);
      const fresh = await fixture.exec(
        fixture.trees,
        runDirectory,
        ['perl', '-e', `${BOMB} print scalar @files`],
        {
          cgroupProcsFiles: [procs],
        },
      );
      return [...(await heard(/^opened (\d+)/)).slice(before), fresh.stdout].map(Number);
    },
    async stop() {
      await fixture.trees.stop({ runDirectory, signal: 9, timeoutMs: 0 });
      // A broker leaves a moment after its tree; until then its group cannot be removed.
      await expect.poll(list, BUSY).toEqual([]);
    },
  };
}

const FEW = 64;

test('a lower limit holds at once for what runs and for exec, and no process is restarted', async () => {
  const tree = await started({ command: ['perl', '-e', BOMBS], resourceLimits: { nofile: 1024 } });
  await expect.poll(async () => (await tree.heard(/^(ready)/)).length, BUSY).toBe(2);
  const pids = tree.list();
  // Control: the same bomb goes off before.
  expect(await tree.bombs()).toEqual([MOST, MOST, MOST]);
  await tree.limit({ nofile: FEW });
  for (const opened of await tree.bombs()) {
    expect(opened).toBeLessThan(FEW);
    expect(opened).toBeGreaterThan(FEW / 2);
  }
  expect((await fixture.trees.status(tree.spec))?.resourceLimits).toEqual({ nofile: FEW });

  // The other way round: where we may raise limits, at once; where we may not, it is said, nothing changes, and a new start does it.
  const more = tree.limit({ nofile: 512 });
  if (await kernel.mayRaiseLimits({})) {
    await more;
    expect(await tree.bombs()).toEqual([MOST, MOST, MOST]);
    expect((await fixture.trees.status(tree.spec))?.resourceLimits).toEqual({ nofile: 512 });
  } else {
    await expect(more).rejects.toMatchObject({
      code: 'EPERM',
      message: expect.stringContaining('nofile of process'),
    });
    for (const opened of await tree.bombs()) expect(opened).toBeLessThan(FEW);
    expect((await fixture.trees.status(tree.spec))?.resourceLimits).toEqual({ nofile: FEW });
  }
  expect(tree.list()).toEqual(pids);
  await tree.stop();
  await fixture.trees.start({ ...tree.spec, resourceLimits: { nofile: 512 } });
  await expect.poll(async () => (await tree.heard(/^(ready)/)).length, BUSY).toBe(4);
  expect(await tree.bombs()).toEqual([MOST, MOST, MOST]);
  await tree.stop();
}, 60_000);

test('a jail that forks all the time gets nobody past a lower limit', async () => {
  const storm =
    '$SIG{CHLD} = "IGNORE"; while (1) { fork or do { select undef, undef, undef, 0.05; exit }; select undef, undef, undef, 0.002 }';
  const tree = await started({ command: ['perl', '-e', storm], resourceLimits: { nofile: 1024 } });
  const limits = async () => {
    const seen = await Promise.all(tree.list().map((pid) => kernel.readProcessLimits({ pid })));
    return new Set(seen.flatMap((one) => (one ? [one.nofile?.hard] : [])));
  };
  await expect.poll(() => tree.list().length, BUSY).toBeGreaterThan(5);
  expect(await limits()).toEqual(new Set([1024]));
  await tree.limit({ nofile: FEW });
  for (let look = 0; look < 20; look += 1) {
    expect(await limits()).toEqual(new Set([FEW]));
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await tree.stop();
}, 60_000);

test('a process that denied itself files keeps denying them', async () => {
  const careful = '$| = 1; print "ready\\n"; sleep 600';
  const tree = await started({
    command: ['sh', '-c', `ulimit -n 16; exec perl -e '${careful}'`],
    resourceLimits: { nofile: 64 },
  });
  await expect.poll(async () => (await tree.heard(/^(ready)/)).length, BUSY).toBe(1);
  const nofile = async () => (await kernel.readProcessLimits({ pid: tree.list()[0] ?? 0 }))?.nofile;
  expect(await nofile()).toEqual({ soft: 16, hard: 16 });
  await tree.limit({ nofile: 256 });
  expect(await nofile()).toEqual({ soft: 16, hard: 16 });
  await tree.limit({ nofile: 8 });
  expect(await nofile()).toEqual({ soft: 8, hard: 8 });
  await tree.stop();
}, 60_000);

test('the broker of a tree that mounts, and whoever carries the bytes of a command, keep what they need', async () => {
  const tree = await started({
    command: ['perl', '-e', '$| = 1; print "ready\\n"; sleep 600'],
    confinement: CONFINEMENTS.system,
    resourceLimits: { nofile: 1024 },
  });
  await expect.poll(async () => (await tree.heard(/^(ready)/)).length, BUSY).toBe(1);
  const held = async () => {
    const seen = await Promise.all(
      tree.list().map(async (pid) => {
        const name = readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
        return [name, (await kernel.readProcessLimits({ pid }))?.nofile?.hard] as const;
      }),
    );
    return Object.fromEntries(seen);
  };
  const before = await held();
  expect(before).toMatchObject({ perl: 1024, 'mount-broker': expect.any(Number) });
  await tree.limit({ nofile: FEW });
  expect(await held()).toEqual({ ...before, perl: FEW });
  await tree.stop();
}, 60_000);

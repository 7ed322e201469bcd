import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { chmod, copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createLinuxProcessTrees } from '../lib/linux-process-trees.ts';
import type { ConsoleChunk, TreeSpec } from '../lib/process-tree.ts';
import { startMessage } from '../lib/spawn-message.ts';
import { BUILD_MS, TreeFixture } from './tree-fixture.ts';

let fixture: TreeFixture;
beforeAll(async () => {
  fixture = await TreeFixture.create();
}, BUILD_MS);
afterAll(() => fixture.remove());

const stop = (runDirectory: string, timeoutMs = 5000) =>
  fixture.trees.stop({ runDirectory, signal: 15, timeoutMs });

async function collect(chunks: AsyncIterable<ConsoleChunk>): Promise<ConsoleChunk[]> {
  const all: ConsoleChunk[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return all;
}

interface HostProcess {
  pid: number;
  name: string;
  parent: number;
}

/** Processes on the host that have ids of this fixture's trees or name its directory; the dead do not count. */
function processesOfTrees(): HostProcess[] {
  const found: HostProcess[] = [];
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const [, name = '', state = '', parent] =
        /\((.*)\) (\S) (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
      if ('ZX'.includes(state)) continue;
      const { uid } = statSync(`/proc/${pid}`);
      if (fixture.owns(uid) || readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(fixture.directory))
        found.push({ pid: Number(pid), name, parent: Number(parent) });
    } catch {} // it has ended meanwhile
  }
  return found;
}

describe('start, status, stop', () => {
  test('a tree without a command waits, reaps, and ends well when asked', async () => {
    const spec = await fixture.spec();
    const started = await fixture.trees.start(spec);
    expect(started).toMatchObject({ state: 'running', exit: null, idBase: spec.idBase });
    await fixture.exec(fixture.trees, spec.runDirectory, ['sh', '-c', '(sleep 0.05 &) ; exit 0']);
    await new Promise((resolve) => setTimeout(resolve, 150));
    const { stdout } = await fixture.exec(fixture.trees, spec.runDirectory, [
      'ps',
      '-e',
      '-o',
      'stat=,comm=',
    ]);
    expect(stdout).not.toContain('Z');
    expect(await stop(spec.runDirectory)).toMatchObject({ state: 'exited', exit: { code: 0, signal: null } });
  });

  test('the exit status of a command is kept', async () => {
    const ended = async (command: string[]) => {
      const spec = await fixture.spec({ command });
      await fixture.trees.start(spec);
      const status = await fixture.trees.wait({ runDirectory: spec.runDirectory });
      expect(await fixture.trees.status({ runDirectory: spec.runDirectory })).toEqual(status);
      return status;
    };
    expect(await ended(['sh', '-c', 'exit 7'])).toMatchObject({
      exit: { code: 7, signal: null },
      keeper: null,
    });
  });

  test('a first process that ignores the signal is killed with everything it started', async () => {
    const spec = await fixture.spec({
      command: ['sh', '-c', 'trap "" TERM; setsid sleep 1000 & sleep 1000'],
    });
    const { init } = await fixture.trees.start(spec);
    const status = await stop(spec.runDirectory, 100);
    expect(status).toMatchObject({ state: 'exited', exit: { code: null, signal: 9 } });
    expect(init).not.toBeNull();
    expect(processesOfTrees()).toEqual([]);
  });

  test('two trees do not start in one run directory', async () => {
    const spec = await fixture.spec();
    await fixture.trees.start(spec);
    await expect(fixture.trees.start(spec)).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(fixture.trees.forget(spec)).rejects.toMatchObject({ code: 'EBUSY' });
    await stop(spec.runDirectory);
    await fixture.trees.forget(spec);
    expect(readdirSync(spec.runDirectory)).toEqual([]);
    expect(await fixture.trees.status(spec)).toBeNull();
  });

  test('a start whose builder ends before it is the keeper leaves no tree, and the next one starts', async () => {
    const programs = await fixture.programsWithout('');
    // The builder becomes this instead, after the first process runs and its facts are written: it says nothing.
    await copyFile('/bin/false', join(programs, 'keeper'));
    const spec = await fixture.spec({ command: ['sleep', '1000'] });
    const unkept = createLinuxProcessTrees({ programs });
    await expect(unkept.start(spec)).rejects.toMatchObject({ code: 'EPROTO' });
    expect(await fixture.trees.status({ runDirectory: spec.runDirectory })).toBeNull();
    expect(processesOfTrees()).toEqual([]);
    await fixture.trees.start(spec);
    expect(await stop(spec.runDirectory, 100)).toMatchObject({ state: 'exited' });
  });

  test('a keeper that its own user may not execute leaves no tree, and the start says why', async () => {
    const programs = await fixture.programsWithout('');
    await chmod(join(programs, 'keeper'), 0o700);
    const spec = await fixture.spec({ command: ['sleep', '1000'] });
    await expect(createLinuxProcessTrees({ programs }).start(spec)).rejects.toMatchObject({
      code: 'EPROTO',
      message: expect.stringContaining('execute keeper: Permission denied'),
    });
    expect(await fixture.trees.status({ runDirectory: spec.runDirectory })).toBeNull();
    expect(processesOfTrees()).toEqual([]);
    // Control: the same programs with a keeper that its user may execute.
    await chmod(join(programs, 'keeper'), 0o755);
    await createLinuxProcessTrees({ programs }).start(spec);
    expect(await stop(spec.runDirectory, 100)).toMatchObject({ state: 'exited' });
  });

  test('the next tree starts at once where one has ended', async () => {
    const runDirectory = await fixture.runDirectory();
    for (let i = 0; i < 20; i++) await fixture.run(fixture.trees, ['true'], { runDirectory });
  });

  test('a wait can be given up', async () => {
    const spec = await fixture.spec();
    await fixture.trees.start(spec);
    const waiting = fixture.trees.wait({ ...spec, signal: AbortSignal.timeout(50) });
    await expect(waiting).rejects.toMatchObject({ name: 'TimeoutError' });
    await stop(spec.runDirectory);
  });
});

describe('console', () => {
  test('outlives the tree and its restarts', async () => {
    const runDirectory = await fixture.runDirectory();
    for (const word of ['one', 'two'])
      await fixture.run(fixture.trees, ['sh', '-c', `echo ${word}; echo ${word}-err >&2`], { runDirectory });
    expect(await fixture.consoleText(runDirectory)).toBe('one\none-err\ntwo\ntwo-err\n');
    let tail = '';
    for await (const { data } of fixture.trees.console({ runDirectory, tailLines: 3 }))
      tail += Buffer.from(data).toString();
    expect(tail).toBe('one-err\ntwo\ntwo-err\n');
  });

  test('keeps the last bytes and says how many it dropped', async () => {
    const spec = await fixture.spec({ command: ['sh', '-c', 'seq 100000 199999'], consoleBytes: 8192 });
    await fixture.trees.start(spec);
    await fixture.trees.wait(spec);
    const chunks = await collect(fixture.trees.console({ ...spec, from: 0 }));
    expect(chunks).toHaveLength(1);
    expect(chunks[0]).toMatchObject({ offset: 700000 - 8192, dropped: 700000 - 8192 });
    expect(Buffer.from(chunks[0]?.data ?? []).toString()).toMatch(/199998\n199999\n$/);
  });

  test('is followed as it grows', async () => {
    const command = ['sh', '-c', 'for i in 1 2 3; do echo line $i; sleep 0.05; done'];
    const spec = await fixture.spec({ command });
    await fixture.trees.start(spec);
    const chunks = await collect(fixture.trees.console({ ...spec, from: 0, follow: true }));
    expect(chunks.map(({ data }) => Buffer.from(data).toString()).join('')).toBe('line 1\nline 2\nline 3\n');
    expect(chunks.length).toBeGreaterThan(1);
  });

  test('can be opened again by whoever writes to it', async () => {
    const script = 'echo again > /dev/stdout; echo failed > /dev/stderr';
    const text = await fixture.run(fixture.trees, ['sh', '-c', script], { uid: 1000, gid: 1000 });
    expect(text).toBe('again\nfailed\n');
  });
});

describe('a tree outlives whoever started it', () => {
  /** Starts the spec in a process of its own, which is then killed. */
  async function startAndDie(spec: TreeSpec): Promise<void> {
    const program = join(fixture.directory, 'starter.mts');
    await writeFile(
      program,
      `import { createLinuxProcessTrees } from ${JSON.stringify(join(import.meta.dirname, '../lib/linux-process-trees.ts'))};
const trees = createLinuxProcessTrees({ programs: ${JSON.stringify(join(import.meta.dirname, '../build/bin'))} });
await trees.start(${JSON.stringify(spec)});
console.log('started');
setInterval(() => {}, 1000);
`,
    );
    const starter = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(starter.stdout, 'data');
    starter.kill('SIGKILL');
    await once(starter, 'exit');
  }

  test('and everything about it works from another process', async () => {
    const command = ['sh', '-c', 'trap "echo bye; exit 5" TERM; echo up; while :; do sleep 0.05; done'];
    const spec = await fixture.spec({ command });
    await startAndDie(spec);
    const status = await fixture.trees.status(spec);
    expect(status).toMatchObject({ state: 'running' });
    expect(status?.keeper).not.toBeNull();
    const { stdout } = await fixture.exec(fixture.trees, spec.runDirectory, ['echo', 'here']);
    expect(stdout).toBe('here\n');
    const waiting = fixture.trees.wait(spec);
    expect(await stop(spec.runDirectory)).toMatchObject({ exit: { code: 5, signal: null } });
    expect(await waiting).toMatchObject({ exit: { code: 5 } });
    expect(await fixture.consoleText(spec.runDirectory)).toBe('up\nbye\n');
  });

  test('its keeper is nobody: own user, no capability, outside every namespace of the tree', async () => {
    const spec = await fixture.spec();
    const { keeper, init } = await fixture.trees.start(spec);
    const status = readFileSync(`/proc/${keeper?.pid}/status`, 'utf8');
    expect(status).toMatch(/Uid:\t64999\t64999\t64999\t64999/);
    for (const set of ['CapPrm', 'CapEff', 'CapBnd']) expect(status).toMatch(new RegExp(`${set}:\t0{16}`));
    expect(status).toMatch(/NoNewPrivs:\t1/);
    expect(status).toMatch(/Seccomp:\t2/);
    expect(readFileSync(`/proc/${init?.pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1]).toBe(
      String(keeper?.pid),
    );
    await stop(spec.runDirectory);
  });

  test('keeps the tree of a caller that ended before it heard so', async () => {
    const spec = await fixture.spec();
    const programs = await fixture.programsWithout('');
    const child = spawn(join(programs, 'spawn'), ['start', join(programs, 'keeper')], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    child.stdout.destroy();
    child.stdin.end(startMessage(spec));
    const status = () => fixture.trees.status(spec);
    await vi.waitUntil(async () => (await status()) !== null, { timeout: 10_000, interval: 5 });
    // Until then it is the builder; its report is behind it once it has confined itself and waits.
    const keeper = (await status())?.keeper?.pid;
    const filtered = () => /Seccomp:\t2/.test(readFileSync(`/proc/${keeper}/status`, 'utf8'));
    await vi.waitUntil(filtered, { timeout: 10_000, interval: 5 });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await status()).toMatchObject({ state: 'running', keeper: { pid: keeper } });
    expect(await stop(spec.runDirectory)).toMatchObject({ state: 'exited', exit: { code: 0, signal: null } });
  });

  test('a tree whose keeper was killed runs on, and how it ended is lost, not invented', async () => {
    const spec = await fixture.spec();
    const { keeper } = await fixture.trees.start(spec);
    process.kill(keeper?.pid ?? 0, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await fixture.trees.status(spec)).toMatchObject({ state: 'running', keeper: null });
    await expect(fixture.trees.start(spec)).rejects.toMatchObject({ code: 'EEXIST' });
    expect(await stop(spec.runDirectory)).toMatchObject({ state: 'lost', exit: null, init: null });
    expect(processesOfTrees()).toEqual([]);
  });
});

describe('a builder that is killed on its way', () => {
  // Whatever was reached by then: either nothing is left, or a tree that can be found and stopped.
  test('leaves nothing that nobody knows of', async () => {
    // A start may be over before its caller hears that the builder has left: without haste it is met on its way.
    const ways = [await fixture.programsWithout('haste'), await fixture.programsWithout('')];
    const spec = await fixture.spec();
    const outcomes = { nothing: 0, tree: 0 };
    for (let halfMilliseconds = 0; halfMilliseconds < 30; halfMilliseconds++) {
      const runDirectory = await fixture.runDirectory();
      const programs = ways[halfMilliseconds % 2] ?? '';
      const child = spawn(join(programs, 'spawn'), ['start', join(programs, 'keeper')], {
        stdio: ['pipe', 'ignore', 'inherit'],
      });
      child.stdin.end(startMessage({ ...spec, runDirectory }));
      await once(child, 'exit');
      const until = performance.now() + halfMilliseconds / 2;
      while (performance.now() < until);
      const builder = processesOfTrees().find(({ name, parent }) => name === 'program' && parent === 1);
      if (builder) process.kill(builder.pid, 'SIGKILL');
      // What is on its way ends by itself, or shows up as a tree.
      const known = () => fixture.trees.status({ runDirectory });
      await vi.waitUntil(async () => (await known()) !== null || processesOfTrees().length === 0, {
        timeout: 10_000,
        interval: 5,
      });
      if (await known()) {
        outcomes.tree++;
        await stop(runDirectory);
      } else {
        outcomes.nothing++;
      }
      expect(processesOfTrees()).toEqual([]);
    }
    // Both ends of the way were met.
    expect(outcomes.nothing).toBeGreaterThan(0);
    expect(outcomes.tree).toBeGreaterThan(0);
  }, 180_000);
});

describe('what cannot be started', () => {
  const refused: [string, Partial<TreeSpec>, { step: RegExp; code: string }][] = [
    ['a range from host id 0', { idBase: 0 }, { step: /idBase/, code: 'ERANGE' }],
    ['a range over the last id', { idBase: 4294901760 }, { step: /idBase/, code: 'ERANGE' }],
    [
      'half of one range and half of the next',
      { idBase: 1879048192 + 32768 },
      { step: /multiple/, code: 'EINVAL' },
    ],
    ['a hostname with a newline', { hostname: 'a\nb' }, { step: /hostname/, code: 'EINVAL' }],
    ['a netns that is not there', { netns: '/run/netns/none-such' }, { step: /open netns/, code: 'ENOENT' }],
    ['a netns that is none', { netns: '/etc/passwd' }, { step: /enter netns/, code: 'EINVAL' }],
    [
      'a group that is not there',
      { cgroupProcsFiles: ['/sys/fs/cgroup/none/x'] },
      { step: /open/, code: 'ENOENT' },
    ],
    ['an unknown capability', { capabilities: ['CAP_ALL'] }, { step: /CAP_ALL/, code: 'EINVAL' }],
    ['a keeper that is root', { keeperUid: 0 }, { step: /keeperUid/, code: 'ERANGE' }],
    ['a command that is not there', { command: ['/none'] }, { step: /execute \/none/, code: 'ENOENT' }],
    [
      '/ as root',
      { root: { kind: 'directory', path: '/', readOnly: true } },
      { step: /rootPath/, code: 'EINVAL' },
    ],
    [
      'a root with ..',
      { root: { kind: 'directory', path: '/tmp/../etc', readOnly: true } },
      { step: /rootPath/, code: 'EINVAL' },
    ],
    [
      'a target with ..',
      { mounts: [{ kind: 'file', target: '/../etc/passwd', content: '' }] },
      { step: /mount target/, code: 'EINVAL' },
    ],
    [
      'a second option in a size',
      { mounts: [{ kind: 'tmpfs', target: '/x', size: '1m,uid=0', mode: '755' }] },
      { step: /size/, code: 'EINVAL' },
    ],
    [
      'storage that is a link',
      { mounts: [{ kind: 'storage', path: '/bin', target: '/x' }] },
      { step: /open \/bin/, code: 'ELOOP' },
    ],
  ];

  test.each(refused)('%s', async (_name, changes, { step, code }) => {
    const spec = await fixture.spec(changes);
    await expect(fixture.trees.start(spec)).rejects.toMatchObject({
      step: expect.stringMatching(step),
      code,
    });
    // Nothing is left: no process, no trace of a tree; and the same directory takes one that can be started.
    expect(processesOfTrees()).toEqual([]);
    expect(await fixture.trees.status(spec)).toBeNull();
    if (code !== 'ENOENT' || !changes.command) return;
    await fixture.trees.start(await fixture.spec({ runDirectory: spec.runDirectory }));
    await stop(spec.runDirectory);
  });

  test('a run directory that others can enter', async () => {
    const spec = await fixture.spec({ runDirectory: await fixture.storage('open-to-all') });
    await expect(fixture.trees.start(spec)).rejects.toMatchObject({ code: 'EPERM' });
  });
});

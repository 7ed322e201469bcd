import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { HelperAhead } from '../lib/helper-ahead.ts';
import { createLinuxProcessTrees } from '../lib/linux-process-trees.ts';
import type { ProcessTrees } from '../lib/process-tree.ts';
import { BUILD_MS, linesByName, TreeFixture } from './tree-fixture.ts';

let fixture: TreeFixture;
let runDirectory: string;

beforeAll(async () => {
  fixture = await TreeFixture.create();
  const spec = await fixture.spec();
  runDirectory = spec.runDirectory;
  await fixture.trees.start(spec);
}, BUILD_MS);
afterAll(() => fixture.remove());

describe('a command in a tree', () => {
  test('has its own streams and its own exit status', async () => {
    const ran = await fixture.exec(fixture.trees, runDirectory, [
      'sh',
      '-c',
      'echo out; echo err >&2; exit 7',
    ]);
    expect(ran).toEqual({ stdout: 'out\n', stderr: 'err\n', code: 7, signal: null });
  });

  test('keeps what a command that has ended wrote until somebody reads it', async () => {
    const session = await fixture.trees.exec({
      runDirectory,
      command: ['echo', 'early'],
      environment: { PATH: '/usr/bin' },
      uid: 0,
      gid: 0,
      tty: null,
      cgroupProcsFiles: [],
    });
    await session.exit;
    await new Promise((resolve) => setTimeout(resolve, 200));
    let text = '';
    for await (const { data } of session.output) text += Buffer.from(data).toString();
    expect(text).toBe('early\n');
  });

  test('reads what it is sent, up to the end', async () => {
    const session = await fixture.trees.exec({
      runDirectory,
      command: ['sha256sum'],
      environment: { PATH: '/usr/bin' },
      uid: 1000,
      gid: 1000,
      tty: null,
      cgroupProcsFiles: [],
    });
    session.write(Buffer.alloc(1_000_000));
    session.closeInput();
    let text = '';
    for await (const { data } of session.output) text += Buffer.from(data).toString();
    expect(text).toContain('d29751f2649b32ff572b5e0a9f541ea660a50f94ff0beedfb0b692b924cc8025');
    expect(await session.exit).toEqual({ code: 0, signal: null });
  });

  test('that reads slowly holds back whoever sends it more, until it reads or ends', async () => {
    const begin = (script: string) =>
      fixture.trees.exec({
        runDirectory,
        command: ['sh', '-c', script],
        environment: { PATH: '/usr/bin' },
        uid: 1000,
        gid: 1000,
        tty: null,
        cgroupProcsFiles: [],
      });
    const later = () => new Promise((resolve) => setTimeout(resolve, 500, 'held back'));
    const most = Buffer.alloc(4_000_000);

    const deaf = await begin('sleep 600');
    const held = deaf.write(most).then(() => 'sent');
    expect(await Promise.race([held, later()])).toBe('held back');
    deaf.kill();
    expect(await held).toBe('sent');
    expect((await deaf.exit).code).not.toBe(0);
    await deaf.write(most);

    const reader = await begin('read go; wc -c');
    await reader.write(Buffer.from('go\n'));
    for (let n = 0; n < 5; n++) await reader.write(most);
    reader.closeInput();
    let text = '';
    for await (const { data } of reader.output) text += Buffer.from(data).toString();
    expect(text).toBe('20000000\n');
  });

  test('that writes faster than it is read waits, and goes on with its reader', async () => {
    const session = await fixture.trees.exec({
      runDirectory,
      command: ['head', '-c', '20000000', '/dev/zero'],
      environment: { PATH: '/usr/bin' },
      uid: 1000,
      gid: 1000,
      tty: null,
      cgroupProcsFiles: [],
    });
    const later = new Promise((resolve) => setTimeout(resolve, 500, 'held back'));
    expect(await Promise.race([session.exit, later])).toBe('held back');
    let bytes = 0;
    for await (const { data } of session.output) bytes += data.length;
    expect(bytes).toBe(20_000_000);
    expect(await session.exit).toEqual({ code: 0, signal: null });
  });

  test('may print more than any buffer holds', async () => {
    const ran = await fixture.exec(fixture.trees, runDirectory, ['sh', '-c', 'head -c 3000000 /dev/zero']);
    expect(ran.stdout).toHaveLength(3_000_000);
  });

  test('that does not exist is named', async () => {
    const running = fixture.exec(fixture.trees, runDirectory, ['no-such-program']);
    await expect(running).rejects.toMatchObject({ step: 'execute no-such-program', code: 'ENOENT' });
  });

  test('ends with its caller', async () => {
    const session = await fixture.trees.exec({
      runDirectory,
      command: ['sleep', '1000'],
      environment: { PATH: '/usr/bin' },
      uid: 0,
      gid: 0,
      tty: null,
      cgroupProcsFiles: [],
    });
    session.kill();
    expect(await session.exit).toEqual({ code: null, signal: 9 });
    const { stdout } = await fixture.exec(fixture.trees, runDirectory, ['ps', '-e', '-o', 'args']);
    expect(stdout).not.toContain('sleep 1000');
  });

  test('gets a terminal of the tree that follows its window', async () => {
    const session = await fixture.trees.exec({
      runDirectory,
      command: ['sh', '-c', 'tty; echo $TERM; stty size; read line; echo "got $line"; stty size'],
      environment: { PATH: '/usr/bin' },
      uid: 1000,
      gid: 1000,
      tty: { rows: 41, columns: 123, term: 'xterm' },
      cgroupProcsFiles: [],
    });
    let text = '';
    for await (const { data } of session.output) {
      text += Buffer.from(data).toString();
      if (text.includes('41 123') && !text.includes('word')) {
        session.resize({ rows: 10, columns: 20 });
        await new Promise((resolve) => setTimeout(resolve, 50));
        session.write(Buffer.from('word\r'));
      }
    }
    expect(text).toMatch(/^\/dev\/pts\/\d+\r\nxterm\r\n41 123\r\nword\r\ngot word\r\n10 20\r\n$/);
    expect(await session.exit).toEqual({ code: 0, signal: null });
  });
});

const WAITING = { timeout: 10_000, interval: 5 };

/** Empty: that process has gone. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** Processes with this name whose parent is `parent`. */
function childrenOf(parent: number, name: string): number[] {
  const isOne = (status: string) =>
    status.startsWith(`Name:\t${name}\n`) && status.includes(`\nPPid:\t${parent}\n`);
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid) && isOne(textOf(`/proc/${pid}/status`)))
    .map(Number);
}

/** Trees whose next command has a helper that is there, and which process that is. */
async function withHelper() {
  const ahead = new HelperAhead(join(fixture.programs, 'spawn'));
  const trees = createLinuxProcessTrees({ programs: fixture.programs, ahead });
  await fixture.exec(trees, runDirectory, ['true'], { moreToCome: true });
  await ahead.prepare();
  expect(ahead.pid).not.toBeNull();
  onTestFinished(() => ahead.drop());
  return { ahead, trees, pid: ahead.pid ?? 0 };
}

describe('where more commands are to come', () => {
  const more = { moreToCome: true };

  test('the next is carried by a helper that was there before it', async () => {
    const { ahead, trees, pid } = await withHelper();
    const request = { environment: { PATH: '/usr/bin' }, uid: 0, gid: 0, tty: null, cgroupProcsFiles: [] };
    const command = ['sleep', '1000'];
    const session = await trees.exec({ ...request, ...more, runDirectory, command });
    await vi.waitUntil(() => childrenOf(pid, 'sleep').length === 1, WAITING);
    session.kill();
    expect(await session.exit).toEqual({ code: null, signal: 9 });
    await ahead.prepare();
    expect(ahead.pid).not.toBe(pid);
  });

  test('those asked for at once do not share one', async () => {
    const { trees } = await withHelper();
    const said = ['one', 'two', 'three'].map(async (word) => {
      return (await fixture.exec(trees, runDirectory, ['echo', word], more)).stdout;
    });
    expect(await Promise.all(said)).toEqual(['one\n', 'two\n', 'three\n']);
  });

  test.each([
    ['ENOENT', ['no-such-program']],
    // Longer than a helper reads, and than a socket takes at once.
    ['E2BIG', ['echo', 'x'.repeat(5_000_000)]],
  ])('what is wrong is named as ever, %s', async (code, command) => {
    const { trees } = await withHelper();
    await expect(fixture.exec(trees, runDirectory, command, more)).rejects.toMatchObject({ code });
  });

  test('one that was killed meanwhile is missed by nobody', async () => {
    const { ahead, trees, pid } = await withHelper();
    process.kill(pid, 'SIGKILL');
    await vi.waitUntil(() => ahead.pid === null, WAITING);
    expect(await fixture.exec(trees, runDirectory, ['echo', 'on'])).toMatchObject({ stdout: 'on\n' });
  });

  test('one that nobody needs leaves', async () => {
    // Half a minute has another length where the machine stalls.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const { ahead, pid } = await withHelper();
    vi.advanceTimersByTime(30_000);
    expect(ahead.pid).toBeNull();
    await vi.waitUntil(() => !childrenOf(process.pid, 'spawn').includes(pid), WAITING);
  });
});

describe('a command has exactly the protections of the first process', () => {
  const same = ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb', 'NoNewPrivs', 'Seccomp', 'Seccomp_filters'];
  const spaces = ['user', 'mnt', 'pid', 'net', 'ipc', 'uts', 'cgroup'].map((kind) => `ns-${kind}`);
  const shared = [
    ...same,
    ...spaces,
    'Groups',
    'Uid',
    'Gid',
    'hostname',
    'descriptors',
    'max_user_namespaces',
  ];

  test.each([0, 1000])('as user %i', async (id) => {
    const cgroupProcsFiles = [await fixture.pidsGroup(50)];
    const first = async (trees: ProcessTrees) => {
      const spec = await fixture.spec({
        cgroupProcsFiles,
        uid: id,
        gid: id,
        command: ['sh', '-c', '/probes/facts; exec sleep 1000'],
      });
      await trees.start(spec);
      const request = { uid: id, gid: id, cgroupProcsFiles };
      const later = await fixture.exec(trees, spec.runDirectory, ['sh', '-c', '/probes/facts'], request);
      const printed = () => fixture.consoleText(spec.runDirectory);
      await vi.waitUntil(async () => (await printed()).includes('\nprocesses '), {
        timeout: 10_000,
        interval: 10,
      });
      const earlier = await printed();
      await trees.stop({ runDirectory: spec.runDirectory, signal: 9, timeoutMs: 5000 });
      const pick = (text: string) =>
        Object.fromEntries(shared.map((name) => [name, linesByName(text)[name]]));
      const groups = (text: string) => text.split('\n').filter((line) => line.startsWith('cgroup '));
      expect(groups(earlier).length).toBeGreaterThan(0);
      expect(groups(later.stdout)).toEqual(groups(earlier));
      return { earlier: pick(earlier), later: pick(later.stdout) };
    };
    const { earlier, later } = await first(fixture.trees);
    expect(earlier.Seccomp_filters).toBe('2');
    expect(later).toEqual(earlier);
    expect(later['ns-net']).toBe(`net:[${statSync(`/run/netns/${fixture.name}`).ino}]`);
  });

  test('also when its helper was there before it', async () => {
    const facts = async (trees: ProcessTrees) => {
      const { stdout } = await fixture.exec(trees, runDirectory, ['/probes/facts']);
      return Object.fromEntries(shared.map((name) => [name, linesByName(stdout)[name]]));
    };
    const { ahead, trees } = await withHelper();
    expect(await facts(trees)).toEqual(await facts(fixture.trees));
    // It was taken.
    expect(ahead.pid).toBeNull();
  });

  test.each([
    ['allowed-calls', 'Seccomp_filters', '1'],
    ['no-new-privs', 'NoNewPrivs', '0'],
    ['capabilities', 'CapBnd', '000001ffffffffff'],
  ])('and without %s the comparison would show it', async (protection, name, value) => {
    const trees = await fixture.without(protection);
    const { stdout } = await fixture.exec(trees, runDirectory, ['/probes/facts']);
    expect(linesByName(stdout)[name]).toBe(value);
  });

  test('the filter refuses the same calls', async () => {
    const { stdout } = await fixture.exec(fixture.trees, runDirectory, ['/probes/calls', 'kernel-doors']);
    expect(linesByName(stdout)).toMatchObject({ io_uring: 'EPERM', bpf: 'EPERM', unknown: 'ENOSYS' });
    const control = await fixture.exec(await fixture.without('allowed-calls'), runDirectory, [
      '/probes/calls',
      'kernel-doors',
    ]);
    expect(linesByName(control.stdout).io_uring).toBe('ok');
  });

  test('the limit on processes counts its forks', async () => {
    const cgroupProcsFiles = [await fixture.pidsGroup(12)];
    const forked = async (trees: ProcessTrees) => {
      const spec = await fixture.spec({ cgroupProcsFiles });
      await trees.start(spec);
      const ran = await fixture.exec(trees, spec.runDirectory, ['/probes/facts', 'fork', '100'], {
        cgroupProcsFiles,
      });
      await trees.stop({ runDirectory: spec.runDirectory, signal: 15, timeoutMs: 5000 });
      return Number(linesByName(ran.stdout).forked);
    };
    // The init, the helper that carries the streams and the command itself are in the group too.
    expect(await forked(fixture.trees)).toBe(12 - 3);
    expect(await forked(await fixture.without('exec-cgroups'))).toBe(100);
  });

  test("none runs in the host's mounts while the first process is still there", async () => {
    // It is there for a moment only after it is known; without `prompt-mounts` that is a second.
    const [slow, unguarded] = [
      await fixture.without('prompt-mounts'),
      await fixture.without('exec-own-mounts'),
    ];
    const spec = await fixture.spec();
    const started = slow.start(spec);
    await vi.waitUntil(async () => (await slow.status(spec))?.init, { timeout: 10_000, interval: 5 });
    const look = (trees: ProcessTrees) =>
      fixture.exec(trees, spec.runDirectory, ['sh', '-c', `[ -d ${fixture.directory} ] && echo host`]);
    const early = await Promise.allSettled([look(fixture.trees), look(unguarded)]);
    await started;
    expect(early).toMatchObject([
      { status: 'rejected', reason: { code: 'EAGAIN' } },
      { status: 'fulfilled', value: { stdout: 'host\n' } },
    ]);
    for (const trees of [fixture.trees, unguarded]) expect(await look(trees)).toMatchObject({ stdout: '' });
    await fixture.trees.stop({ runDirectory: spec.runDirectory, signal: 15, timeoutMs: 5000 });
  });

  test('nobody inside can trace it on its way in', async () => {
    // It is on its way for a millisecond only; `haste` left out makes that long enough to be met every time.
    const trace = async (protections: string) => {
      const trees = await fixture.without(protections);
      const tracer = fixture.exec(fixture.trees, runDirectory, ['/probes/tracer', '0.6']);
      const until = Date.now() + 400;
      while (Date.now() < until) await fixture.exec(trees, runDirectory, ['true']);
      return linesByName((await tracer).stdout);
    };
    expect(await trace('haste')).toMatchObject({ met: 'some', seized: 'none' });
    expect(await trace('haste,untraceable')).toMatchObject({ met: 'some', seized: 'some' });
  });
});

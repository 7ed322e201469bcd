import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ExecRequest, TreeSpec } from '../lib/process-tree.ts';
import { execMessage, startMessage } from '../lib/spawn-message.ts';

// The readers of `spawn` run as root on bytes of somebody else's making: here under the sanitizers.

const makefile = join(import.meta.dirname, '../cpp/spawn');
const reader = join(import.meta.dirname, '../build/bin/read-messages');
let directory: string;

beforeAll(async () => {
  execFileSync('make', ['-s', '-C', makefile, 'sanitized'], { stdio: 'inherit' });
  directory = await mkdtemp(join(tmpdir(), 'messages-'));
}, 300_000);
afterAll(() => rm(directory, { recursive: true, force: true }));

const flags = { readOnly: true, nosuid: true, nodev: true, noexec: true, nosymfollow: true };
const spec: TreeSpec = {
  runDirectory: '/run/tree',
  hostname: 'web1',
  idBase: 1879048192,
  idCount: 65536,
  netns: '/run/netns/web1',
  cgroupProcsFiles: ['/sys/fs/cgroup/pids/web1/cgroup.procs'],
  root: { kind: 'directory', path: '/srv/web1', readOnly: true },
  mounts: [
    { kind: 'storage', path: '/srv/data', target: '/data', readOnly: true },
    { kind: 'tmpfs', target: '/tmp', size: '50%', mode: '1777' },
    { kind: 'file', target: '/etc/hosts', content: '127.0.0.1 localhost\n' },
    { kind: 'tmpfs', target: '/few', size: '1m', mode: '700', inodes: 10, noexec: true, readOnly: false },
    {
      kind: 'bind',
      source: { prefix: '/srv', path: 'www/site' },
      target: '/www',
      idmapped: true,
      propagation: 'slave',
      ...flags,
    },
    {
      kind: 'overlay',
      lowers: [
        { prefix: '/srv', path: '' },
        { prefix: '/opt', path: 'x' },
      ],
      target: '/over',
      upper: '/var/upper',
      work: '/var/work',
      ...flags,
    },
    { kind: 'devpts', target: '/pts' },
    { kind: 'proc', target: '/p' },
    { kind: 'sysfs', target: '/sys' },
    { kind: 'mqueue', target: '/q' },
    { kind: 'mask', target: '/etc/shadow' },
  ],
  command: ['/bin/sh', '-c', 'echo "a\nb"'],
  environment: { PATH: '/bin', ODD: '=;\n' },
  uid: 0,
  gid: 65535,
  capabilities: ['CAP_KILL', 'CAP_CHECKPOINT_RESTORE'],
  confinement: { noNewPrivileges: true, chroot: true, proc: 'masked', mounts: false },
  resourceLimits: { nofile: 1024, core: 0 },
  devices: ['net/tun'],
  keeperUid: 990,
  keeperGid: 990,
  consoleBytes: 1 << 20,
};
const request: ExecRequest = {
  runDirectory: '/run/tree',
  command: ['ls'],
  environment: {},
  uid: 33,
  gid: 33,
  tty: { rows: 24, columns: 80, term: 'xterm' },
  cgroupProcsFiles: [],
};
const bounds = {
  capabilities: '33',
  confinement: spec.confinement,
  resourceLimits: { nofile: 64 },
};
const init = { pid: 4711, startTime: 99 };

/** One line `START EXEC` for each message. */
async function read(messages: Buffer[]): Promise<string[]> {
  const paths = messages.map((_, index) => join(directory, String(index)));
  await Promise.all(messages.map((message, index) => writeFile(paths[index] ?? '', message)));
  return execFileSync(reader, paths, { encoding: 'utf8' }).trim().split('\n');
}

/** The same sequence every time: a failure can be looked into. */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state;
  }
}

function damaged(message: Buffer, next: () => number): Buffer {
  const copy = Buffer.from(message);
  const at = next() % copy.length;
  switch (next() % 5) {
    case 0:
      copy[at] = next() & 255;
      return copy;
    case 1:
      return copy.subarray(0, at);
    case 2:
      return Buffer.concat([copy.subarray(0, at), copy.subarray(next() % copy.length)]);
    case 3:
      return Buffer.concat([copy.subarray(0, at), Buffer.from('99999999:'), copy.subarray(at)]);
    default:
      for (let i = 0; i < 8; i++) copy[next() % copy.length] = 48 + (next() % 12);
      return copy;
  }
}

test('what we write is read, by its own reader only', async () => {
  const messages = [
    startMessage(spec),
    startMessage({ ...spec, root: { kind: 'host-usr' } }),
    startMessage({ ...spec, root: { kind: 'view' }, mounts: [] }),
    startMessage({
      ...spec,
      root: { kind: 'overlay', lowers: ['/a', '/b'], upper: '/u', work: '/w', readOnly: false },
    }),
    execMessage(request, init, bounds),
  ];
  expect(await read(messages)).toEqual([
    'accepted refused',
    'accepted refused',
    'accepted refused',
    'accepted refused',
    'refused accepted',
  ]);
});

test('what is cut, too long or has a field too many is refused', async () => {
  const message = startMessage(spec);
  const body = message.subarray(message.indexOf(58) + 1, -1);
  const wrapped = (bytes: Buffer) =>
    Buffer.concat([Buffer.from(`${bytes.length}:`), bytes, Buffer.from(',')]);
  const cases = [
    Buffer.alloc(0),
    Buffer.from('0:,'),
    Buffer.from('99999999:'),
    Buffer.from('999999999:'),
    Buffer.from('-1:,'),
    message.subarray(0, -1),
    wrapped(body.subarray(0, -1)),
    wrapped(Buffer.concat([body, Buffer.from('1:x,')])),
    startMessage({ ...spec, environment: { A: '\0' } }),
    startMessage({ ...spec, uid: 65536 }),
    startMessage({ ...spec, mounts: [{ kind: 'file', target: '/', content: '' }] }),
    startMessage({ ...spec, mounts: [{ kind: 'file', target: '/a//b', content: '' }] }),
    startMessage({ ...spec, netns: 'relative' }),
    startMessage({ ...spec, devices: ['../dm-0'] }),
    startMessage({ ...spec, resourceLimits: { nofile: -1 } }),
    startMessage({ ...spec, resourceLimits: { rss: 1 } }),
    startMessage({
      ...spec,
      root: { kind: 'overlay', lowers: [], upper: '/u', work: '/w', readOnly: false },
    }),
    ...['../etc', '/etc', 'a//b', 'a/./b', 'a\0b'].map((path) =>
      startMessage({
        ...spec,
        mounts: [
          {
            kind: 'bind',
            source: { prefix: '/srv', path },
            target: '/x',
            idmapped: true,
            propagation: 'private',
            ...flags,
          },
        ],
      }),
    ),
    execMessage({ ...request, command: [] }, init, bounds),
    execMessage(request, { pid: 1, startTime: 99 }, bounds),
    execMessage(request, init, { ...bounds, capabilities: '-1' }),
    execMessage(request, init, { ...bounds, resourceLimits: { files: 1 } }),
  ];
  expect(new Set(await read(cases))).toEqual(new Set(['refused refused']));
});

test('damaged messages never get past the sanitizers', async () => {
  const sequence = numbers(20261122);
  const next = () => sequence.next().value >>> 8;
  const originals = [startMessage(spec), execMessage(request, init, bounds)];
  const messages = Array.from({ length: 3000 }, (_, i) => {
    let message = originals[i % 2] as Buffer;
    for (let times = 1 + (next() % 3); times > 0 && message.length > 0; times--)
      message = damaged(message, next);
    return message;
  });
  // A crash or a finding of a sanitizer ends the reader with a status, which throws here.
  const answers = await read(messages);
  expect(answers).toHaveLength(messages.length);
  expect(answers.filter((answer) => answer === 'refused refused').length).toBeGreaterThan(1000);
});

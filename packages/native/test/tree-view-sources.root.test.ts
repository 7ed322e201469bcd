import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { TreeMount, TreeRoot, TreeSpec } from '../lib/process-tree.ts';
import { BUILD_MS, TreeFixture } from './tree-fixture.ts';

// What a stranger may own: the directory that a view shows, and the root that it is mounted into.

let fixture: TreeFixture;
/** `prefix` is declared; `secret` lies beside it. */
let at: string;
let prefix: string;
beforeAll(async () => {
  fixture = await TreeFixture.create();
}, BUILD_MS);
afterAll(() => fixture.remove());

beforeEach(async () => {
  at = await fixture.storage('place');
  await rm(at, { recursive: true });
  prefix = join(at, 'prefix');
  for (const name of ['', 'prefix', 'prefix/open', 'prefix/open/inner', 'secret', 'secret/inner'])
    mkdirSync(join(at, name));
  for (const name of ['prefix/open', 'prefix/open/inner']) writeFileSync(join(at, name, 'which'), 'open');
  for (const name of ['secret', 'secret/inner']) writeFileSync(join(at, name, 'which'), 'secret');
});

function bind(path: string, changes: object = {}): TreeMount {
  return {
    kind: 'bind',
    source: { prefix, path },
    target: '/data',
    idmapped: true,
    propagation: 'private',
    readOnly: true,
    nosuid: true,
    nodev: true,
    noexec: false,
    nosymfollow: false,
    ...changes,
  } as TreeMount;
}

/** Of ours: the machine has others, which come and go. */
const mountsOfHost = () =>
  readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => line.includes(fixture.name));

/** `late`: only the kernel can say so, while it is built; then lock and console of the attempt are left empty. */
async function refusal(changes: Partial<TreeSpec>, late = false) {
  const before = mountsOfHost();
  const spec = await fixture.spec({ root: { kind: 'view' }, command: null, ...changes });
  const failure = await fixture.trees.start(spec).catch((cause) => cause);
  expect(await fixture.trees.status(spec)).toBeNull();
  expect(readdirSync(spec.runDirectory)).toEqual(late ? ['console', 'lock'] : []);
  expect(mountsOfHost()).toEqual(before);
  return failure;
}

async function show(path: string, protections: string, changes: object = {}): Promise<string> {
  return fixture.run(await fixture.without(protections), ['/probes/mounts', 'print', '/data/which'], {
    root: { kind: 'view' },
    mounts: [bind(path, changes)],
  });
}

describe('a source is refused before anything is made', () => {
  test.each<[string, () => void, string, string]>([
    ['that is missing', () => {}, 'gone', 'ENOENT'],
    ['that is a link', () => symlinkSync('open', join(prefix, 'link')), 'link', 'ELOOP'],
    ['that is a link out', () => symlinkSync('../secret', join(prefix, 'link')), 'link', 'ELOOP'],
    ['below a link', () => symlinkSync('../secret', join(prefix, 'link')), 'link/inner', 'ELOOP'],
    ['that climbs out', () => {}, '../secret', 'EINVAL'],
    ['that is absolute', () => {}, '/etc', 'EINVAL'],
    [
      'that is a device',
      () => execFileSync('mknod', [join(prefix, 'zero'), 'c', '1', '5']),
      'zero',
      'EINVAL',
    ],
    ['that is a pipe', () => execFileSync('mkfifo', [join(prefix, 'pipe')]), 'pipe', 'EINVAL'],
  ])('%s', async (_, prepare, path, code) => {
    prepare();
    expect(await refusal({ mounts: [bind(path)] })).toMatchObject({ code });
  });

  test('that is a magic link', async () => {
    const mounts = [bind('', { source: { prefix: '/proc', path: 'self/root' }, idmapped: false })];
    expect(await refusal({ mounts })).toMatchObject({ code: 'ELOOP' });
    const control = await fixture.run(
      await fixture.without('host-path-links'),
      ['/probes/mounts', 'list', '/data'],
      { root: { kind: 'view' }, mounts },
    );
    expect(control.trim().split('\n').sort()).toEqual(readdirSync('/').sort());
  });

  test('whose prefix is a link', async () => {
    symlinkSync('prefix', join(at, 'alias'));
    const source = { prefix: join(at, 'alias'), path: 'open' };
    expect(await refusal({ mounts: [bind('', { source })] })).toMatchObject({ code: 'ELOOP' });
  });

  test('that is all of the host, unless something below it is named', async () => {
    expect(await refusal({ mounts: [bind('', { source: { prefix: '/', path: '' } })] })).toMatchObject({
      code: 'EINVAL',
    });
    const path = join(prefix, 'open').slice(1);
    expect(await show('', '', { source: { prefix: '/', path } })).toBe('open');
  });

  test('and a link is what the refusal is about', async () => {
    symlinkSync('../secret', join(prefix, 'link'));
    expect(await show('link', 'host-path-links')).toBe('secret');
    expect(await show('open', '')).toBe('open');
  });

  test.each(['root', 'run directory', 'storage'])('that holds the tree’s own %s', async (what) => {
    const runDirectory = what === 'run directory' ? join(prefix, 'open/run') : await fixture.runDirectory();
    if (what === 'run directory') mkdirSync(runDirectory, { mode: 0o700 });
    for (const name of ['own', 'own/dev', 'own/proc']) mkdirSync(join(prefix, 'open', name));
    const own = join(prefix, 'open/own');
    const changes: Partial<TreeSpec> = {
      runDirectory,
      root: what === 'root' ? { kind: 'directory', path: own, readOnly: true } : { kind: 'view' },
      mounts: [
        ...(what === 'storage' ? [{ kind: 'storage', path: own, target: '/own' } as const] : []),
        bind('open'),
      ],
    };
    expect(await refusal(changes)).toMatchObject({ code: 'ELOOP' });
    const trees = await fixture.without('cycles');
    const spec = await fixture.spec({ ...changes, command: null });
    await trees.start(spec);
    await trees.stop({ runDirectory, signal: 9, timeoutMs: 5000 });
    await trees.forget(spec);
  });

  test('on a file system that cannot be idmapped', async () => {
    execFileSync('mount', ['-t', 'ramfs', 'ramfs', join(prefix, 'open')]);
    try {
      expect(await refusal({ mounts: [bind('open')] }, true)).toMatchObject({
        code: 'EINVAL',
        message: expect.stringContaining('cannot be idmapped'),
      });
      expect(
        await fixture.run(fixture.trees, ['/probes/mounts', 'list', '/data'], {
          root: { kind: 'view' },
          mounts: [bind('open', { idmapped: false })],
        }),
      ).toBe('');
    } finally {
      execFileSync('umount', [join(prefix, 'open')]);
    }
  });

  test('that the host has read only, and the view would write', async () => {
    execFileSync('mount', ['--bind', join(prefix, 'open'), join(prefix, 'open')]);
    try {
      execFileSync('mount', ['-o', 'remount,bind,ro', join(prefix, 'open')]);
      expect(await refusal({ mounts: [bind('open', { readOnly: false })] })).toMatchObject({ code: 'EROFS' });
      expect(await show('open', '')).toBe('open');
    } finally {
      execFileSync('umount', [join(prefix, 'open')]);
    }
  });

  test('a root that is none', async () => {
    for (const [path, code] of [
      [join(at, 'gone'), 'ENOENT'],
      [join(prefix, 'open/which'), 'ENOTDIR'],
    ] as const)
      expect(await refusal({ root: { kind: 'directory', path, readOnly: true } })).toMatchObject({ code });
  });

  test.each<[string, string]>([
    ['..', 'EINVAL'],
    ['/..', 'EINVAL'],
    ['/a/../../b', 'EINVAL'],
    ['relative', 'EINVAL'],
    ['/', 'EINVAL'],
    ['/proc', 'EBUSY'],
    ['/proc/self', 'EBUSY'],
    ['/dev', 'EBUSY'],
    ['/dev/null', 'EBUSY'],
  ])('a target %s', async (target, code) => {
    expect(await refusal({ mounts: [bind('open', { target })] })).toMatchObject({ code });
  });

  test('a file over what masks are made of (CVE-2025-31133)', async () => {
    writeFileSync(join(prefix, 'open/null'), 'ours');
    const mounts = [
      bind('open', { target: '/dev', readOnly: false }),
      bind('open'),
      { kind: 'mask', target: '/data/which' } as const,
    ];
    expect(await refusal({ mounts })).toMatchObject({ code: 'EBUSY' });
    const unhidden = await fixture.run(
      await fixture.without('own-places'),
      ['/probes/mounts', 'print', '/data/which'],
      { root: { kind: 'view' }, mounts },
    );
    expect(unhidden).toBe('ours');
  });

  test('a mask over nothing', async () => {
    expect(await refusal({ mounts: [{ kind: 'mask', target: '/nothing' }] }, true)).toMatchObject({
      code: 'ENOENT',
    });
  });
});

describe('a root that a stranger owns', () => {
  let root: string;
  const canary = () => join(at, 'canary');
  beforeEach(() => {
    root = join(at, 'root');
    for (const path of [root, canary(), join(root, 'dev'), join(root, 'proc'), join(root, 'etc')])
      mkdirSync(path);
    writeFileSync(join(root, 'etc/secret'), 'secret');
    copyFileSync(join(import.meta.dirname, '../build/probes/mounts'), join(root, 'mounts'));
  });
  const roots = (): [string, TreeRoot][] => {
    for (const name of ['own', 'own/upper', 'own/work']) mkdirSync(join(at, name), { recursive: true });
    return [
      ['a directory', { kind: 'directory', path: root, readOnly: false }],
      [
        'an overlay',
        {
          kind: 'overlay',
          lowers: [root],
          upper: join(at, 'own/upper'),
          work: join(at, 'own/work'),
          readOnly: false,
        },
      ],
    ];
  };

  test.each<[string, TreeMount]>([
    ['sys', { kind: 'sysfs', target: '/sys' }],
    ['q', { kind: 'mqueue', target: '/q' }],
    ['pts', { kind: 'devpts', target: '/pts' }],
    ['p', { kind: 'proc', target: '/p' }],
    ['m', { kind: 'mask', target: '/m' }],
    ['way', { kind: 'mask', target: '/way/inner' }],
  ])('a link in place of /%s is refused, and nothing is made behind it', async (name, mount) => {
    symlinkSync(canary(), join(root, name));
    for (const [, kind] of roots())
      expect(await refusal({ root: kind, mounts: [mount] }, true)).toMatchObject({ code: 'ELOOP' });
    expect(readdirSync(canary())).toEqual([]);
  });

  test.each(['dev', 'proc'])('a link in place of /%s below an overlay is refused', async (name) => {
    rmdirSync(join(root, name));
    symlinkSync(canary(), join(root, name));
    const [, overlay] = roots()[1] ?? [];
    expect(await refusal({ ...(overlay && { root: overlay }) }, true)).toMatchObject({ code: 'ELOOP' });
    expect(readdirSync(canary())).toEqual([]);
  });

  test('a link in place of its /dev/null does not change what masks show (CVE-2025-31133)', async () => {
    symlinkSync('/etc/secret', join(root, 'dev/null'));
    for (const [, kind] of roots())
      expect(
        await fixture.run(fixture.trees, ['/mounts', 'read', '/etc/secret'], {
          root: kind,
          mounts: [{ kind: 'mask', target: '/etc/secret' }],
        }),
      ).toBe('content empty\n');
  });

  test('a place that is moved away while it is mounted on is noticed', async () => {
    // The mounter takes its time after each mount, so that the move lands in between for certain.
    mkdirSync(join(root, 'place'));
    const start = async (protections: string) => {
      const spec = () =>
        fixture.spec({
          root: { kind: 'directory', path: root, readOnly: false },
          mounts: [{ kind: 'tmpfs', target: '/place', size: '4k', mode: '755' }],
          command: ['/mounts', 'write', '/place'],
        });
      const trees = await fixture.without(protections);
      mkdirSync(join(root, 'other'), { recursive: true });
      return whileSwapping(join(root, 'place'), join(root, 'other'), async () => {
        for (let i = 0; i < 10; i++) {
          const failure = await trees.start(await spec()).catch((cause) => cause);
          outcomes.add((failure as { code?: string }).code ?? 'started');
        }
      });
    };
    const outcomes = new Set<string>();
    await start('haste');
    expect(outcomes).toContain('EBUSY');
    outcomes.clear();
    await start('haste,place-check');
    expect([...outcomes]).toEqual(['started']);
  }, 60_000);
});

/** A link is met; what was opened has left the place meanwhile; the place that was mounted on has. */
const REFUSALS = ['ELOOP', 'EXDEV', 'EBUSY'];

/** Two names change places as fast as the kernel lets them, while `body` runs; answers with how often. */
async function whileSwapping(one: string, other: string, body: () => Promise<void>): Promise<number> {
  const swapper: ChildProcess = spawn(join(import.meta.dirname, '../build/probes/mounts'), [
    'swap',
    one,
    other,
  ]);
  let said = '';
  swapper.stdout?.on('data', (data) => {
    said += data;
  });
  const gone = once(swapper, 'close');
  try {
    await body();
  } finally {
    swapper.kill('SIGTERM');
    await gone;
  }
  return Number(/^swaps (\d+)$/m.exec(said)?.[1]);
}

describe('who swaps what is opened for a link, as fast as can be, wins nothing', () => {
  const STARTS = 25;

  /** What was shown, over many starts: the content, or why not. */
  async function outcomes(path: string, protections: string): Promise<Set<string>> {
    const seen = new Set<string>();
    for (let i = 0; i < STARTS; i++)
      seen.add(await show(path, protections).catch((cause) => (cause as { code: string }).code));
    return seen;
  }

  test.each<[string, string, string]>([
    ['the source', 'open', 'open'],
    ['a part of its path', 'open', 'open/inner'],
  ])(
    '%s',
    async (_, swapped, path) => {
      symlinkSync('../secret', join(at, 'link'));
      const swap = (protections: string) => {
        let seen = new Set<string>();
        return whileSwapping(join(prefix, swapped), join(at, 'link'), async () => {
          seen = await outcomes(path, protections);
        }).then((swaps) => ({ swaps, seen }));
      };
      // Beside the prefix, the link would lead nowhere: where it is swapped in, it leads to the secret.
      const held = await swap('');
      expect(held.swaps).toBeGreaterThan(2000);
      expect([...held.seen].filter((outcome) => !['open', ...REFUSALS].includes(outcome))).toEqual([]);
      expect(held.seen).toContain('ELOOP');
      expect((await swap('host-path-links')).seen).toContain('secret');
    },
    120_000,
  );

  test('a directory of the root where something is to be mounted', async () => {
    const root = join(at, 'root');
    const canary = join(at, 'canary');
    for (const path of [root, join(root, 'dev'), join(root, 'proc'), join(root, 'way'), canary])
      mkdirSync(path);
    symlinkSync(canary, join(at, 'link'));
    const mounts: TreeMount[] = [{ kind: 'tmpfs', target: '/way/made/here', size: '4k', mode: '755' }];
    const start = async (protections: string) => {
      const trees = await fixture.without(protections);
      const seen = new Set<string>();
      const swaps = await whileSwapping(join(root, 'way'), join(at, 'link'), async () => {
        for (let i = 0; i < STARTS; i++) {
          await rm(join(canary, 'made'), { recursive: true, force: true });
          const spec = await fixture.spec({
            root: { kind: 'directory', path: root, readOnly: false },
            mounts,
            command: null,
          });
          try {
            await trees.start(spec);
            await trees.stop({ runDirectory: spec.runDirectory, signal: 9, timeoutMs: 5000 });
            await trees.forget(spec);
          } catch (cause) {
            seen.add((cause as { code: string }).code);
          }
          if (existsSync(join(canary, 'made'))) seen.add('made outside');
        }
      });
      return { swaps, seen };
    };
    const held = await start('');
    expect(held.swaps).toBeGreaterThan(2000);
    expect([...held.seen].filter((outcome) => !REFUSALS.includes(outcome))).toEqual([]);
    expect((await start('target-links')).seen).toContain('made outside');
  }, 120_000);
});

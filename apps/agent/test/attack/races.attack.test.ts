import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessTrees, TreeMount, TreeSpec } from '@cellblock/native/process-tree';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AttackSite, BUILD_MS, PROGRAMS } from './attack-site.ts';

// A jail that shares a directory with another exchanges a name in it for a link while that other is started: what
// follows the name as root of the host would make or mount something outside. Judged by what is there afterwards.

const PATIENCE = 120_000;
const STARTS = 25;
let site: AttackSite;
let place: string;
const swaps: ChildProcess[] = [];

beforeAll(async () => {
  site = await AttackSite.open();
  place = join(site.directory, 'race');
}, BUILD_MS);
afterAll(() => site.remove());

/** A root with a plain directory and, under another name, a link out of it, which change places all the time. */
async function withSwap<T>(target: string, name: string, body: (root: string) => Promise<T>): Promise<T> {
  rmSync(place, { recursive: true, force: true });
  const root = join(place, 'root');
  for (const path of [root, join(root, 'etc'), join(place, 'outside')]) mkdirSync(path, { recursive: true });
  mkdirSync(join(root, name));
  symlinkSync(target, join(root, `${name}.link`));
  writeFileSync(join(place, 'outside/canary'), site.nonce);
  const child = spawn(join(PROGRAMS, 'probe'), [
    '--swap',
    join(root, name),
    join(root, `${name}.link`),
    '60',
  ]);
  swaps.push(child);
  await new Promise<void>((resolve) => child.stdout.once('data', () => resolve()));
  try {
    return await body(root);
  } finally {
    const over = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await over;
  }
}

/** How many starts met the directory, and how many the link; none may do anything outside. */
async function startAgainAndAgain(
  spec: (root: string) => Promise<TreeSpec>,
  root: string,
  trees: ProcessTrees = site.trees,
) {
  const outcomes = { started: 0, refused: 0 };
  for (let n = 0; n < STARTS; n += 1) {
    const one = await spec(root);
    try {
      await trees.start(one);
      outcomes.started += 1;
    } catch (error) {
      expect((error as { code: string }).code).toMatch(/^(ELOOP|ENOTDIR|ENOENT|EEXIST|EXDEV|EINVAL|EBUSY)$/);
      outcomes.refused += 1;
    }
    await site.stop(one.runDirectory);
  }
  return outcomes;
}

const directoryRoot =
  (mounts: TreeMount[]) =>
  (root: string): Promise<TreeSpec> =>
    site.spec('daemon', { root: { kind: 'directory', path: root, readOnly: false }, mounts, command: null });

const outside = () => readdirSync(join(place, 'outside')).sort();

describe.each([
  [
    'CVE-2021-30465',
    'a place for a mount',
    'data',
    [{ kind: 'tmpfs', target: '/data/deep', size: '1m', mode: '755' }],
  ],
  [
    'CVE-2024-45310',
    'a directory on the way to one',
    'way',
    [{ kind: 'file', target: '/way/a/b/made', content: 'x' }],
  ],
  ['CVE-2025-52565', '/dev', 'dev', []],
  ['CVE-2025-52881', '/proc', 'proc', []],
  [
    'CVE-2026-48750',
    'a file that is laid into it',
    'run',
    [{ kind: 'file', target: '/run/log', content: 'x' }],
  ],
] as [string, string, string, TreeMount[]][])(
  '%s: %s that changes places with a link',
  (_cve, _what, name, mounts) => {
    test.each(['absolute', 'relative', 'to /'])(
      '%s, while the jail starts: nothing is made outside',
      async (kind) => {
        const target = { absolute: join(place, 'outside'), relative: '../outside', 'to /': '/' }[kind] ?? '';
        const before = readdirSync('/').sort();
        await withSwap(target, name, async (root) => {
          const { started, refused } = await startAgainAndAgain(directoryRoot(mounts), root);
          expect(started + refused).toBe(STARTS);
          // The race was on: with a name that always is one of the two, nothing would have been tried.
          expect(refused).toBeGreaterThan(0);
        });
        expect(outside()).toEqual(['canary']);
        expect(readdirSync('/').sort()).toEqual(before);
      },
      PATIENCE,
    );
  },
);

test('one that follows links is led outside by the same race', async () => {
  const made: TreeMount[] = [{ kind: 'file', target: '/way/a/b/made', content: 'x' }];
  await withSwap(join(place, 'outside'), 'way', async (root) => {
    const follows = site.careless(['target-links'], { isMutant: true });
    await startAgainAndAgain(directoryRoot(made), root, follows);
  });
  expect(outside()).toEqual(['a', 'canary']);
}, 120_000);

describe('a spec that lies', () => {
  test.each<[string, Partial<TreeSpec>]>([
    ['a range that begins with the host’s root', { idBase: 0 }],
    ['a range that goes beyond the last id', { idBase: 4_294_967_295 - 1000 }],
    ['half of one range and half of the next', { idBase: 1_879_048_192 + 32_768 }],
    ['a root above which it would climb', { root: { kind: 'directory', path: '/../..', readOnly: true } }],
    ['a target above the root', { mounts: [{ kind: 'file', target: '/../made', content: 'x' }] }],
    ['a target that is no path', { mounts: [{ kind: 'file', target: 'made', content: 'x' }] }],
    ['a device that climbs', { devices: ['../proc/kcore'] }],
    ['a capability that nobody knows', { capabilities: ['CAP_EVERYTHING'] }],
    ['a user beyond the range', { uid: 70_000 }],
  ])('%s is refused by spawn itself, and nothing is left', async (_what, changes) => {
    const spec = await site.spec('daemon', changes);
    await expect(site.trees.start(spec)).rejects.toMatchObject({ code: expect.any(String) });
    expect((await site.trees.status(spec))?.state ?? 'nothing').toBe('nothing');
  });
});

import { lstatSync, mkdirSync, readdirSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ProcessTrees, TreeRoot, TreeSpec } from '../lib/process-tree.ts';
import { BUILD_MS, CAPABILITIES, CONFINEMENTS, linesByName, TreeFixture } from './tree-fixture.ts';

// No user makes `...` at the root of a tree, whatever the root is (requirement C30).

let fixture: TreeFixture;
let at: string;
beforeAll(async () => {
  fixture = await TreeFixture.create();
}, BUILD_MS);
afterAll(() => fixture.remove());

beforeEach(async () => {
  at = await fixture.storage('layers');
  await rm(at, { recursive: true });
  for (const name of ['', 'root', 'lower', 'own', 'own/upper', 'own/work']) mkdirSync(join(at, name));
});

type Kind = 'directory' | 'directory, read only' | 'overlay' | 'view' | 'host-usr';
const KINDS: Kind[] = ['directory', 'directory, read only', 'overlay', 'view', 'host-usr'];
const WRITABLE: Kind[] = ['directory', 'overlay'];

function rootOf(kind: Kind): TreeRoot {
  if (kind === 'view' || kind === 'host-usr') return { kind };
  if (kind === 'overlay')
    return {
      kind,
      lowers: [join(at, 'lower')],
      upper: join(at, 'own/upper'),
      work: join(at, 'own/work'),
      readOnly: false,
    };
  return { kind: 'directory', path: join(at, 'root'), readOnly: kind !== 'directory' };
}

/** What each attempt to have the name comes to. */
async function attempts(kind: Kind, trees: ProcessTrees, changes: Partial<TreeSpec> = {}) {
  const text = await fixture.run(trees, ['/probes/mounts', 'take-name', '/...'], {
    root: rootOf(kind),
    ...changes,
  });
  const { own, ...others } = linesByName(text);
  return { own, others, taken: Object.keys(others).filter((name) => others[name] === 'ok') };
}

describe.each(Object.entries(CONFINEMENTS))('in profile %s', (_, confinement) => {
  test.each(KINDS)('nobody has the name in a root of kind %s', async (kind) => {
    const { own, others, taken } = await attempts(kind, fixture.trees, { confinement });
    expect(taken).toEqual([]);
    expect(Object.keys(others).length).toBeGreaterThan(15);
    expect(own).toBe(WRITABLE.includes(kind) ? 'ok' : 'EROFS');
    expect(others).toMatchObject({
      mkdir: 'EEXIST',
      inside: 'EROFS',
      rmdir: expect.stringMatching(/EBUSY|EROFS/),
    });
  });
});

test.each(WRITABLE)('and without its cover anybody has it in a root of kind %s', async (kind) => {
  const bare = await fixture.without('reserved-name');
  const { taken } = await attempts(kind, bare, { confinement: CONFINEMENTS.system });
  expect(taken).toEqual(expect.arrayContaining(['mkdir', 'inside', 'exchange', 'rename-away']));
});

test('its cover is locked: who may mount by every other rule cannot take it off', async () => {
  const trees = await fixture.without('allowed-calls,argument-rules');
  const capabilities = [...CAPABILITIES, 'CAP_SYS_ADMIN'];
  const { taken } = await attempts('directory', trees, { capabilities });
  expect(taken).toEqual(['mount']);
  const unlocked = await fixture.without('allowed-calls,argument-rules,locked-mounts');
  expect((await attempts('directory', unlocked, { capabilities })).taken).toContain('setattr');
});

test('the broker mounts nothing there, and without it the name is taken by a mount', async () => {
  const changes = { confinement: CONFINEMENTS.system };
  mkdirSync(join(at, 'root/...'));
  expect((await attempts('directory', fixture.trees, changes)).others.mount).toBe('EPERM');
  const mounts = async (trees: ProcessTrees) =>
    fixture.run(trees, ['/probes/own_mounts', 'mount', 'tmpfs', '/...', 'size=1m'], {
      root: rootOf('directory'),
      ...changes,
    });
  expect(await mounts(fixture.trees)).toBe('mount EPERM\n');
  expect(await mounts(await fixture.without('reserved-name'))).toBe('mount ok\n');
});

test('nor is a mount of its own moved there', async () => {
  for (const name of ['root/...', 'root/mnt']) mkdirSync(join(at, name), { recursive: true });
  const moves = async (trees: ProcessTrees) =>
    fixture.run(trees, ['/probes/own_mounts', 'move', '/mnt', '/...'], {
      root: rootOf('directory'),
      confinement: CONFINEMENTS.system,
    });
  expect(await moves(fixture.trees)).toBe('made ok\nmoved EPERM\n');
  expect(await moves(await fixture.without('reserved-name'))).toBe('made ok\nmoved ok\n');
});

describe('what lies in the root by that name', () => {
  const start = (kind: Kind) => attempts(kind, fixture.trees);

  test('is covered where it is a directory, and is there afterwards', async () => {
    mkdirSync(join(at, 'root/.../theirs'), { recursive: true });
    const text = await fixture.run(fixture.trees, ['/probes/mounts', 'list', '/...'], {
      root: rootOf('directory'),
    });
    expect(text).toBe('');
    expect(readdirSync(join(at, 'root/...'))).toEqual(['theirs']);
  });

  test('is a place of root of the tree, empty, where there was none', async () => {
    await start('directory');
    expect(lstatSync(join(at, 'root/...'))).toMatchObject({ uid: 0, gid: 0 });
    expect(readdirSync(join(at, 'root/...'))).toEqual([]);
  });

  test.each(['directory', 'overlay'] as const)(
    'is refused otherwise, before anything is made: %s',
    async (kind) => {
      const layer = kind === 'directory' ? join(at, 'root') : join(at, 'lower');
      const name = join(layer, '...');
      for (const make of [() => writeFileSync(name, ''), () => symlinkSync('/etc', name)]) {
        make();
        await expect(start(kind)).rejects.toMatchObject({
          code: 'ENOTDIR',
          step: expect.stringContaining(`(${name}) that is no directory`),
        });
        unlinkSync(name);
      }
      expect(readdirSync(layer)).toEqual([]);
      expect(readdirSync(join(at, 'own/upper'))).toEqual([]);
      await start(kind);
    },
  );
});

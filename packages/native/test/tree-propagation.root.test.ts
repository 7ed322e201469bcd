import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { TreeMount, TreeSpec } from '../lib/process-tree.ts';
import { BUILD_MS, CAPABILITIES, linesByName, TreeFixture } from './tree-fixture.ts';

// Whether mounts that are made later, on one side, appear on the other (requirement H2).

let fixture: TreeFixture;
/** A file system of the host that passes on what is mounted below it. */
let host: string;
beforeAll(async () => {
  fixture = await TreeFixture.create();
  host = await fixture.storage('host');
}, BUILD_MS);
afterAll(() => fixture.remove());

beforeEach(() => {
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'mode=755', 'shared', host]);
  execFileSync('mount', ['--make-shared', host]);
  for (const name of ['source', 'source/by-host', 'source/by-tree']) mkdirSync(join(host, name));
});
afterEach(() => execFileSync('umount', ['-R', host]));

/** Of ours: the machine has others, which come and go. */
const mountsOfHost = () =>
  readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => line.includes(fixture.name));

const capabilities = [...CAPABILITIES, 'CAP_SYS_ADMIN'];

function bind(propagation: 'private' | 'slave' | 'shared', changes: object = {}): TreeMount {
  return {
    kind: 'bind',
    source: { prefix: host, path: 'source' },
    target: '/data',
    idmapped: true,
    propagation,
    readOnly: false,
    nosuid: true,
    nodev: true,
    noexec: false,
    nosymfollow: false,
    ...changes,
  } as TreeMount;
}

/** What appears on either side of what the other mounts; the filter is left out, so that the tree can mount. */
async function passedOn(
  propagation: 'private' | 'slave' | 'shared',
  protections = 'allowed-calls',
  changes: Partial<TreeSpec> = {},
) {
  const trees = await fixture.without(protections);
  const spec = await fixture.spec({
    root: { kind: 'view' },
    mounts: [bind(propagation)],
    capabilities,
    command: null,
    ...changes,
  });
  await trees.start(spec);
  const inside = async (...command: string[]) =>
    (await fixture.exec(trees, spec.runDirectory, ['/probes/mounts', ...command])).stdout;
  try {
    execFileSync('mount', ['-t', 'tmpfs', 'by-host', join(host, 'source/by-host')]);
    writeFileSync(join(host, 'source/by-host/canary'), '');
    expect(await inside('mount-tmpfs', '/data/by-tree')).toBe('mount ok\n');
    expect(await inside('write', '/data/by-tree')).toBe('write ok\n');
    return {
      hostToTree: (await inside('list', '/data/by-host')) === 'canary\n',
      treeToHost: existsSync(join(host, 'source/by-tree/canary')),
      loosened: linesByName(await inside('loosen', '/data')),
    };
  } finally {
    await trees.stop({ runDirectory: spec.runDirectory, signal: 9, timeoutMs: 5000 });
    await trees.forget(spec);
  }
}

describe('what is mounted later', () => {
  test('private: appears on the other side neither way', async () => {
    expect(await passedOn('private')).toMatchObject({ hostToTree: false, treeToHost: false });
  });

  test('slave: appears in the tree, and not on the host', async () => {
    expect(await passedOn('slave')).toMatchObject({ hostToTree: true, treeToHost: false });
  });

  test('shared: appears both ways, and its flags stay locked', async () => {
    const { loosened, ...ways } = await passedOn('shared');
    expect(ways).toEqual({ hostToTree: true, treeToHost: true });
    expect(loosened).toMatchObject({ setattr: 'EPERM', remount: 'EPERM' });
  });

  test.each([
    ['slave', false],
    ['shared', true],
  ] as const)(
    '%s: also of what the broker of a tree with all its protections mounts',
    async (kind, treeToHost) => {
      const confinement = { noNewPrivileges: false, chroot: true, proc: 'masked', mounts: true } as const;
      const changes = { confinement, capabilities: CAPABILITIES };
      expect(await passedOn(kind, '', changes)).toMatchObject({ hostToTree: true, treeToHost });
    },
  );

  test('shared, by the way that looks the same: the copy is no longer a peer', async () => {
    expect(await passedOn('shared', 'allowed-calls,shared-stage')).toMatchObject({
      hostToTree: true,
      treeToHost: false,
    });
  });
});

describe('propagation that would not be what it says is refused', () => {
  async function refused(mounts: TreeMount[], changes: Partial<TreeSpec> = {}) {
    const spec = await fixture.spec({ root: { kind: 'view' }, mounts, command: null, ...changes });
    const failure = await fixture.trees.start(spec).catch((cause) => cause);
    expect(await fixture.trees.status(spec)).toBeNull();
    return failure;
  }

  test.each(['slave', 'shared'] as const)('%s of what the host does not share', async (propagation) => {
    execFileSync('mount', ['--make-private', host]);
    expect(await refused([bind(propagation)])).toMatchObject({
      code: 'EINVAL',
      message: expect.stringContaining('needs'),
    });
  });

  test('of a file', async () => {
    writeFileSync(join(host, 'file'), '');
    const source = { prefix: host, path: 'file' };
    expect(await refused([bind('slave', { source })])).toMatchObject({ code: 'ENOTDIR' });
  });

  test('with a mount below what is shared', async () => {
    const below: TreeMount = { kind: 'tmpfs', target: '/data/by-tree', size: '1m', mode: '755' };
    const before = mountsOfHost();
    expect(await refused([bind('shared'), below])).toMatchObject({ code: 'EINVAL' });
    expect(mountsOfHost()).toEqual(before);
  });

  test('nothing is left on the host when such a tree has ended', async () => {
    const before = mountsOfHost();
    await fixture.run(fixture.trees, ['/probes/mounts', 'list', '/data'], {
      root: { kind: 'view' },
      mounts: [bind('shared')],
    });
    expect(mountsOfHost()).toEqual(before);
  });
});

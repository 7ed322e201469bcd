import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { JailSettings } from '@cellblock/shared/jail-spec';
import * as masks from '@cellblock/shared/kernel-masks';
import { compareView, type SeenMount, viewHolds } from '@cellblock/shared/view-proof';
import { viewTree } from '@cellblock/shared/view-tree';
import { describe, expect, it, test } from 'vitest';
import { parseMountTable } from './mount-table.ts';

const table = String.raw`22 1 0:20 / / ro,nosuid,nodev,relatime - tmpfs tmpfs rw,size=1024k
23 22 254:0 /srv/a\040b /x rw,nodev,relatime,idmapped master:3 - ext4 /dev/vda rw
24 22 254:0 / /y ro,nosymfollow shared:7 master:3 - ext4 /dev/vda rw
`;

test('a line of the kernel’s table is read with what is of the mount alone', () => {
  expect(parseMountTable(table)).toEqual([
    {
      path: '/',
      fsType: 'tmpfs',
      readOnly: true,
      flags: ['nosuid', 'nodev'],
      idmapped: false,
      propagation: 'private',
      device: '0:20',
      root: '/',
    },
    {
      path: '/x',
      fsType: 'ext4',
      readOnly: false,
      flags: ['nodev'],
      idmapped: true,
      propagation: 'slave',
      device: '254:0',
      root: '/srv/a b',
    },
    {
      path: '/y',
      fsType: 'ext4',
      readOnly: true,
      flags: ['nosymfollow'],
      idmapped: false,
      propagation: 'shared',
      device: '254:0',
      root: '/',
    },
  ]);
});

describe('what is declared and what is seen', () => {
  const settings = JailSettings.parse({
    hostname: 'a',
    root: { kind: 'host-usr' },
    view: [
      { kind: 'bind', source: '/srv/www', target: '/www' },
      { kind: 'bind', source: '/srv/later', target: '/later', propagation: 'slave' },
      { kind: 'tmpfs', target: '/scratch', size: 4096, noexec: true },
    ],
  });
  const { mounts } = viewTree(settings);
  const has = (path: string) => !path.startsWith('/proc/') || path === '/proc/kcore';
  const place = { device: '254:0', root: '/srv/www', flags: ['noexec' as const] };
  const seenAs = mounts
    .filter(({ onlyWith }) => onlyWith === null || has(onlyWith))
    .map(
      ({ path, fsType, readOnly, flags, idmapped, propagation }): SeenMount => ({
        path,
        fsType: fsType ?? 'ext4',
        readOnly,
        flags: path === '/www' ? [...flags, 'noexec'] : flags,
        idmapped,
        propagation,
        device: '254:0',
        root: '/srv/www',
      }),
    );
  const compared = (seen: SeenMount[], mayMount = false) =>
    compareView({
      declared: mounts,
      seen,
      has,
      placeOf: ({ path }) => (path === '/www' ? place : null),
      mayMount,
    });
  const verdicts = (seen: SeenMount[], mayMount = false) =>
    compared(seen, mayMount)
      .filter(({ verdict }) => verdict !== 'same')
      .map(({ path, verdict }) => `${path} ${verdict}`);
  const change = (path: string, more: Partial<SeenMount>) =>
    seenAs.map((each) => (each.path === path ? { ...each, ...more } : each));

  it('are the same, mount by mount', () => {
    expect(verdicts(seenAs)).toEqual([]);
    expect(viewHolds(compared(seenAs))).toBe(true);
    // What no kernel of this kind has is not missed.
    expect(compared(seenAs).filter(({ path }) => path.startsWith('/proc/')).length).toBe(1);
  });

  it.each<[string, SeenMount[], string[]]>([
    ['writable', change('/www', { readOnly: false }), ['/www differs']],
    ['without nosuid', change('/www', { flags: ['nodev', 'noexec'] }), ['/www differs']],
    [
      'with a flag that nobody asked for',
      change('/scratch', { flags: ['nosuid', 'nodev'] }),
      ['/scratch differs'],
    ],
    ['idmapped', change('/www', { idmapped: true }), ['/www differs']],
    ['receiving', change('/www', { propagation: 'slave' }), ['/www differs']],
    ['from elsewhere', change('/www', { root: '/srv/other' }), ['/www differs']],
    ['on another file system', change('/www', { device: '254:1' }), ['/www differs']],
    ['of another type', change('/proc', { fsType: 'ext4' }), ['/proc differs']],
    ['gone', seenAs.filter(({ path }) => path !== '/proc/kcore'), ['/proc/kcore missing']],
    ['more', [...seenAs, { ...(seenAs[0] as SeenMount), path: '/more' }], ['/more undeclared']],
    ['twice', [...seenAs, ...seenAs.filter(({ path }) => path === '/www')], ['/www undeclared']],
  ])('differ when one is %s', (_, seen, expected) => {
    expect(verdicts(seen)).toEqual(expected);
    expect(viewHolds(compared(seen))).toBe(false);
    expect(compared(seen).every(({ verdict, difference }) => verdict === 'same' || difference !== '')).toBe(
      true,
    );
  });

  it('what came through propagation, or what a distribution mounts itself, is told apart', () => {
    const later = [...seenAs, { ...(seenAs[0] as SeenMount), path: '/later/disk' }];
    expect(verdicts(later)).toEqual(['/later/disk own']);
    const own = [...seenAs, { ...(seenAs[0] as SeenMount), path: '/run/user/0', fsType: 'tmpfs' }];
    expect(verdicts(own)).toEqual(['/run/user/0 undeclared']);
    expect(verdicts(own, true)).toEqual(['/run/user/0 own']);
    expect(verdicts([...seenAs, { ...(seenAs[0] as SeenMount), path: '/z', fsType: 'ext4' }], true)).toEqual([
      '/z undeclared',
    ]);
  });
});

/** They are one list in two languages. */
test('what spawn covers is what is declared', () => {
  const source = (name: string) =>
    readFileSync(join(import.meta.dirname, '../../../../../packages/native/cpp/spawn', name), 'utf8');
  const list = (text: string, name: string) =>
    [...(new RegExp(`${name}\\[\\] = \\{([^}]*)\\}`).exec(text)?.[1] ?? '').matchAll(/"([^"]*)"/g)].map(
      ([, word]) => word,
    );
  const proc = source('proc_masks.cc');
  expect(list(proc, 'kHidden')).toEqual(masks.PROC_FILES);
  expect(list(proc, 'kHiddenDirectories')).toEqual(masks.PROC_DIRECTORIES);
  expect(list(proc, 'kReadOnly')).toEqual(masks.PROC_READ_ONLY);
});

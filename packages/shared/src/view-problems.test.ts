import { describe, expect, it, test } from 'vitest';
import { JailSettings } from './jail-spec.ts';
import { profileOf } from './profile-rule.ts';
import { ViewMount } from './view-mount.ts';
import { viewProblems } from './view-problems.ts';
import { viewPrefixOf, viewRightLacks, viewRights } from './view-rights.ts';

const settings = (more: object) =>
  JailSettings.parse({ hostname: 'web-1', root: { kind: 'host-usr' }, ...more });
const bind = (source: string, target: string, more: object = {}) => ({
  kind: 'bind',
  source,
  target,
  ...more,
});
const overlay = (lower: string[], target: string) => ({ kind: 'overlay', lower, target });
const scratch = (target: string) => ({ kind: 'tmpfs', target, size: 65_536 });
const rules = (view: object[], more: object = {}) =>
  viewProblems(settings({ view, ...more })).map(({ rule }) => rule);

describe('a view', () => {
  it.each<[string, object[], object?]>([
    ['a directory', [bind('/srv/www', '/srv/www')]],
    ['one file in /etc, in place of what the agent puts there', [bind('/srv/hosts', '/etc/hosts')]],
    ['a place below an earlier one', [bind('/srv/www', '/srv/www'), scratch('/srv/www/cache')]],
    ['an overlay', [overlay(['/srv/a', '/srv/b'], '/opt/app')]],
    ['scratch in place of ours', [scratch('/tmp'), scratch('/run')]],
    ['a mask below /proc', [{ kind: 'mask', target: '/proc/cpuinfo' }]],
    ['names that begin alike', [bind('/srv/a', '/srv/a'), bind('/srv/ab', '/srv/ab')]],
    ['a view alone', [bind('/srv/d2', '/dir2')], { root: { kind: 'view' }, command: ['/dir2/script'] }],
    ['something beside its root', [bind('/srv/www', '/www')], { root: { kind: 'dir', path: '/srv/jail' } }],
    ['/usr/lib read only', [bind('/usr/lib/x', '/opt/x')]],
  ])('may show %s', (_, view, more) => expect(rules(view, more)).toEqual([]));

  it.each<[string, object[], string[], object?]>([
    ['the host’s root', [bind('/', '/host')], ['view-source-kernel']],
    ['/proc', [bind('/proc/sys', '/x')], ['view-source-kernel']],
    ['/sys', [bind('/sys', '/x')], ['view-source-kernel']],
    ['/dev', [bind('/dev/shm', '/x')], ['view-source-kernel']],
    ['what holds the passwords', [bind('/etc', '/x')], ['view-source-secret']],
    ['the passwords', [bind('/etc/shadow', '/x')], ['view-source-secret']],
    ['the agent’s data', [bind('/var/lib/cellblock/agent', '/x')], ['view-source-ours']],
    ['what holds it', [bind('/var/lib', '/x')], ['view-source-ours']],
    ['as a layer too', [overlay(['/srv/a', '/var'], '/x')], ['view-source-ours']],
    ['the bounds', [bind('/etc/cellblock/bounds.d', '/x')], ['view-source-ours']],
    [
      'the host’s system, writable',
      [bind('/usr/share/x', '/x', { readOnly: false })],
      ['view-source-system'],
    ],
    ['a dot in the way', [bind('/srv/./www', '/x')], ['view-source']],
    ['an empty part', [bind('/srv//www', '/x')], ['view-source']],
    ['a slash at the end', [bind('/srv/www/', '/x')], ['view-source']],
    ['two at one place', [bind('/srv/a', '/x'), bind('/srv/b', '/x')], ['view-target-twice']],
    ['one over an earlier one', [bind('/srv/a', '/x/y'), bind('/srv/b', '/x')], ['view-target-hides']],
    ['/proc again', [{ kind: 'proc', target: '/proc' }], ['view-target-own']],
    ['/dev again', [scratch('/dev')], ['view-target-own']],
    ['a lie below /proc', [bind('/srv/x', '/proc/meminfo')], ['view-target-proc']],
    ['over /usr', [bind('/srv/usr', '/usr')], ['view-target-usr']],
    ['over a link into /usr', [bind('/srv/x', '/bin/x')], ['view-target-usr']],
    ['below what is empty and read only', [bind('/srv/x', '/usr/local/x')], ['view-target-usr']],
    ['below a mask', [{ kind: 'mask', target: '/opt' }, bind('/srv/x', '/opt/x')], ['view-target-no-place']],
    ['device nodes', [bind('/srv/x', '/x', { nodev: false })], ['view-nodev']],
    ['/sys in strict', [{ kind: 'sysfs', target: '/sys' }], ['view-strict'], { profile: 'strict' }],
    ['its own root', [bind('/srv', '/x')], ['view-cycle'], { root: { kind: 'dir', path: '/srv/jail' } }],
    [
      'its own place',
      [bind('/srv/jail/x', '/x/y')],
      ['view-cycle'],
      { root: { kind: 'dir', path: '/srv/jail' } },
    ],
    ['itself, below itself', [bind('/srv/a', '/x'), bind('/srv/a/b', '/x/b/c')], ['view-cycle']],
    ['nothing at all', [], ['view-empty'], { root: { kind: 'view' }, command: ['/x'] }],
    ['nothing to run', [bind('/srv/x', '/x')], ['view-program'], { root: { kind: 'view' } }],
    [
      'a program that is elsewhere',
      [bind('/srv/x', '/x')],
      ['view-program'],
      { root: { kind: 'view' }, command: ['/bin/sh'] },
    ],
    ['a device that all have', [], ['device-own'], { devices: ['null'] }],
    ['a device twice', [], ['device-twice'], { devices: ['kvm', 'kvm'] }],
  ])('is refused %s', (_, view, expected, more) => expect(rules(view, more)).toEqual(expected));

  it('takes another data directory for the agent’s own when it is told', () => {
    const asked = settings({ view: [bind('/srv/second/agent', '/x')] });
    expect(viewProblems(asked)).toEqual([]);
    expect(viewProblems(asked, '/srv/second')[0]?.rule).toBe('view-source-ours');
  });

  it('names field, cause and fix of each', () => {
    const view = [bind('/proc', '/proc', { nodev: false }), bind('/srv//x', '/bin'), scratch('/bin')];
    const problems = viewProblems(settings({ view, devices: ['tty'], root: { kind: 'host-usr' } }));
    expect(problems.length).toBeGreaterThan(6);
    for (const { field, message, cause, fix } of problems) {
      expect(field).toMatch(/^settings\.(view|devices)\.\d/);
      for (const text of [message, cause, fix]) expect(text.length).toBeGreaterThan(8);
    }
  });
});

/** Requirements C30 and C31: such names are the directories' own, or reserved for launchers. */
test.each([
  '.',
  '..',
  '...',
  '....',
  '/',
  '',
  '/a/../b',
  '/a/./b',
  '/...',
  '/a/.../b',
  '/a//b',
  '/a/',
  '/a\n',
])('a place %j is refused by its shape', (target) =>
  expect(ViewMount.safeParse(bind('/srv/x', target)).success).toBe(false),
);

describe('the bounds', () => {
  const prefixes = [
    { path: '/srv', writable: false, idmapped: false },
    { path: '/srv/data', writable: true, idmapped: false },
    { path: '/srv/lib', writable: false, idmapped: true },
  ];
  const lacks = (mount: object) =>
    viewRights(ViewMount.parse(mount)).map((right) => viewRightLacks(right, prefixes));

  it('decide by the longest prefix', () => {
    expect(viewPrefixOf('/srv/data/x', prefixes)?.path).toBe('/srv/data');
    expect(viewPrefixOf('/srv/database', prefixes)?.path).toBe('/srv');
    expect(viewPrefixOf('/srv', prefixes)?.path).toBe('/srv');
    expect(viewPrefixOf('/home', prefixes)).toBeNull();
  });

  it.each<[object, (string | null)[]]>([
    [bind('/srv/www', '/x'), [null]],
    [bind('/home/x', '/x'), ['prefix']],
    [bind('/srv/www', '/x', { readOnly: false }), ['writable']],
    [bind('/srv/data/x', '/x', { readOnly: false }), [null]],
    [bind('/srv/www', '/x', { propagation: 'shared' }), ['writable']],
    [bind('/srv/www', '/x', { idmapped: true }), ['idmapped']],
    [bind('/srv/lib', '/x', { idmapped: true }), [null]],
    [overlay(['/srv/lib/a', '/srv/data/b', '/srv/c', '/opt'], '/x'), [null, null, 'idmapped', 'prefix']],
  ])('lack for %j', (mount, expected) => expect(lacks(mount)).toEqual(expected));
});

describe('what a new jail is where nobody said so', () => {
  it.each<[object, object, object]>([
    [{ kind: 'host-usr', ephemeral: false }, {}, { profile: 'daemon', readOnly: false }],
    [{ kind: 'dir', path: '/x' }, {}, { profile: 'system', readOnly: false }],
    [{ kind: 'tar', path: '/x' }, {}, { profile: 'system', readOnly: false }],
    [{ kind: 'image', digest: 'x' }, {}, { profile: 'system', readOnly: false }],
    [{ kind: 'view' }, {}, { profile: 'daemon', readOnly: false }],
    [{ kind: 'dir', path: '/x' }, { profile: 'daemon' }, { profile: 'daemon', readOnly: true }],
    [{ kind: 'dir', path: '/x' }, { profile: 'strict' }, { profile: 'strict', readOnly: true }],
    [{ kind: 'host-usr' }, { profile: 'system' }, { profile: 'system', readOnly: false }],
    [{ kind: 'host-usr' }, { profile: 'daemon', readOnly: false }, { profile: 'daemon', readOnly: false }],
    [{ kind: 'host-usr' }, { readOnly: true }, { profile: 'daemon', readOnly: true }],
  ])('%j, named %j', (root, named, expected) => expect(profileOf(root as never, named)).toEqual(expected));
});

import { describe, expect, it } from 'vitest';
import { JailSettings } from './jail-spec.ts';
import { isCover, modeText, viewTree } from './view-tree.ts';

const tree = (more: object, entries?: string[]) =>
  viewTree(JailSettings.parse({ hostname: 'a', root: { kind: 'host-usr' }, ...more }), entries);
const lines = (more: object) =>
  tree(more)
    .mounts.filter((entry) => !isCover(entry))
    .map((entry) => `${entry.path} ${entry.kind} ${modeText(entry)} ${entry.ids}`);

describe('what a jail is to see', () => {
  it('on a root of the host’s /usr', () => {
    expect(lines({})).toEqual([
      '/ tmpfs ro,nosuid,nodev jail',
      '/... mask ro,nosuid,nodev,noexec kernel',
      '/dev tmpfs rw,nosuid,noexec jail',
      '/dev/mqueue mqueue rw,nosuid,nodev,noexec kernel',
      '/dev/pts devpts rw,nosuid,noexec kernel',
      '/dev/shm tmpfs rw,nosuid,nodev jail',
      '/etc storage rw,nodev jail',
      '/etc/hostname file ro,nosuid,nodev,noexec jail',
      '/etc/hosts file ro,nosuid,nodev,noexec jail',
      '/etc/resolv.conf file ro,nosuid,nodev,noexec jail',
      '/home storage rw,nodev jail',
      '/proc proc rw,nosuid,nodev,noexec kernel',
      '/proc/sys proc ro,nosuid,nodev,noexec kernel',
      '/proc/tty proc ro,nosuid,nodev,noexec kernel',
      '/root storage rw,nodev jail',
      '/run tmpfs rw,nosuid,nodev jail',
      '/run/cellblock/see storage ro,nodev jail',
      '/tmp tmpfs rw,nosuid,nodev jail',
      '/usr bind ro,nosuid,nodev nobody',
      '/var storage rw,nodev jail',
    ]);
  });

  it('for an init of its own: a console, and a place for its groups where nothing of the view is', () => {
    const paths = (more: object) => tree({ profile: 'system', ...more }).mounts.map(({ path }) => path);
    const image = { kind: 'image', image: 'debian:12', digest: `sha256:${'0'.repeat(64)}` };
    expect(paths({ root: image, command: ['/sbin/init'] })).toEqual(
      expect.arrayContaining(['/dev/console', '/sys']),
    );
    const view = [{ kind: 'sysfs', target: '/sys' }];
    expect(paths({ root: image, command: ['/sbin/init'], view }).filter((path) => path === '/sys')).toEqual([
      '/sys',
    ]);
    expect(paths({})).toContain('/dev/console');
    expect(paths({})).not.toContain('/sys');
    expect(paths({ profile: 'daemon' })).not.toContain('/dev/console');
  });

  it('on a view alone: what is declared, /dev and /proc', () => {
    const view = [
      { kind: 'bind', source: '/srv/d1', target: '/dir1', readOnly: false },
      { kind: 'bind', source: '/srv/d2', target: '/dir2', propagation: 'slave', noexec: true },
    ];
    const shown = tree({ root: { kind: 'view' }, view, command: ['/dir2/script'], profile: 'strict' });
    expect(shown.mounts.map(({ path }) => path)).toEqual([
      '/',
      '/...',
      '/dev',
      '/dev/mqueue',
      '/dev/pts',
      '/dev/shm',
      '/dir1',
      '/dir2',
      '/proc',
    ]);
    expect(shown.mounts.filter(({ by }) => by === 'view')).toMatchObject([
      { path: '/dir1', idmapped: true, ids: 'jail', readOnly: false, origin: '/srv/d1 of the host' },
      {
        path: '/dir2',
        idmapped: false,
        ids: 'nobody',
        propagation: 'slave',
        flags: ['nosuid', 'nodev', 'noexec'],
      },
    ]);
  });

  it('what a view puts in the place of ours takes it, with all below', () => {
    const view = [{ kind: 'bind', source: '/srv/etc', target: '/etc' }];
    const etc = tree({ view }).mounts.filter(({ path }) => path.startsWith('/etc'));
    expect(etc.map(({ path, kind }) => `${path} ${kind}`)).toEqual(['/etc bind']);
  });

  it('names of the root stand beside the mounts, each once', () => {
    const { names } = tree({ root: { kind: 'dir', path: '/srv/x' } }, ['bin', 'tmp', 'opt']);
    expect(names.filter(({ kind }) => kind === 'name').map(({ path }) => path)).toEqual(['/bin', '/opt']);
  });

  it('a sysfs and a second /proc come with what covers them', () => {
    const view = [
      { kind: 'mask', target: '/proc/cpuinfo' },
      { kind: 'proc', target: '/proc2' },
      { kind: 'sysfs', target: '/sys' },
    ];
    const paths = tree({ view }).mounts.map(({ path }) => path);
    for (const path of ['/proc2/kcore', '/proc2/sys', '/proc2/cpuinfo', '/sys/firmware'])
      expect(paths).toContain(path);
  });
});

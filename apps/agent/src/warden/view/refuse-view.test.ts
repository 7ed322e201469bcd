import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { JailSettings } from '@cellblock/shared/jail-spec';
import { expect, onTestFinished, test } from 'vitest';
import { refuseView } from './refuse-view.ts';
import { overlayName, viewMounts } from './view-mounts.ts';

async function host() {
  const directory = await mkdtemp('/tmp/view-');
  onTestFinished(() => rm(directory, { recursive: true }));
  for (const each of ['closed/data', 'open/data', 'open/www/cache'])
    await mkdir(join(directory, each), { recursive: true });
  await writeFile(join(directory, 'open/file'), '');
  // Under /tmp everyone may enter what is not closed by itself.
  for (const each of ['', 'open']) await chmod(join(directory, each), 0o755);
  await chmod(join(directory, 'closed'), 0o700);
  await symlink(join(directory, 'closed/data'), join(directory, 'link'));
  const prefixes = [{ path: directory, writable: true, idmapped: false }];
  const rule = async (
    view: object[],
    o: { viewPrefixes?: typeof prefixes; devices?: string[]; settings?: object } = {},
  ) => {
    const settings = JailSettings.parse({ hostname: 'a', root: { kind: 'host-usr' }, view, ...o.settings });
    const bounds = { viewPrefixes: o.viewPrefixes ?? prefixes, devices: o.devices ?? [] };
    const refusal = await refuseView(settings, { bounds, dataDirectory: '/var/lib/cellblock' });
    if (refusal) expect([refusal.message, refusal.fix, refusal.field].every(Boolean)).toBe(true);
    return refusal?.rule ?? null;
  };
  const bind = (source: string, target: string, more: object = {}) => ({
    kind: 'bind',
    source: source.startsWith('/') ? source : join(directory, source),
    target,
    ...more,
  });
  return { directory, rule, bind };
}

test('a view within the bounds is shown', async () => {
  const { rule, bind } = await host();
  expect(await rule([bind('open/data', '/data'), bind('open/file', '/file')])).toBeNull();
  expect(await rule([bind('closed/data', '/data', { readOnly: false })])).toBeNull();
  expect(await rule([bind('open/data', '/data', { readOnly: false, idmapped: false })])).toBeNull();
  expect(
    await rule([bind('open/www', '/www'), { kind: 'tmpfs', target: '/www/cache', size: 65536 }]),
  ).toBeNull();
});

test('every other is refused by its rule', async () => {
  const { directory, rule, bind } = await host();
  const shown = [{ path: directory, writable: false, idmapped: false }];
  expect(await rule([bind('open/data', '/data')], { viewPrefixes: [] })).toBe('view-prefix');
  expect(await rule([bind('closed/data', '/d', { readOnly: false })], { viewPrefixes: shown })).toBe(
    'view-writable',
  );
  expect(await rule([bind('closed/data', '/d', { idmapped: true })], { viewPrefixes: shown })).toBe(
    'view-idmapped',
  );
  expect(await rule([bind('open/data', '/data', { readOnly: false })])).toBe('view-open');
  expect(await rule([bind('missing', '/data')])).toBe('view-missing');
  expect(await rule([bind('link', '/data')])).toBe('view-link');
  expect(await rule([{ kind: 'overlay', lower: [join(directory, 'open/file')], target: '/x' }])).toBe(
    'view-kind',
  );
  expect(await rule([bind('open/www', '/www'), { kind: 'tmpfs', target: '/www/new', size: 65536 }])).toBe(
    'view-place',
  );
  expect(await rule([bind('open/file', '/usr/share/doc')])).toBe('view-place');
  // What is wrong by itself needs no look at the host, and is refused here all the same.
  expect(await rule([bind('/etc/shadow', '/x')])).toBe('view-source-secret');
  expect(await rule([], { settings: { devices: ['net/tun'] } })).toBe('bounds-devices');
  expect(await rule([], { settings: { devices: ['shm'] }, devices: ['shm'] })).toBe('device-missing');
  expect(await rule([], { settings: { devices: ['zero0'] }, devices: ['zero0'] })).toBe('device-missing');
});

test('a device that is there and that the bounds name is given', async () => {
  const { rule } = await host();
  expect(await rule([], { settings: { devices: ['ptmx'] }, devices: ['ptmx'] })).toBeNull();
});

test('the mounts that spawn makes lie beneath their prefix, in order, with their flags', async () => {
  const { directory } = await host();
  const { view } = JailSettings.parse({
    hostname: 'a',
    root: { kind: 'host-usr' },
    view: [
      { kind: 'bind', source: `${directory}/open/data`, target: '/data', readOnly: false, noexec: true },
      { kind: 'bind', source: directory, target: '/all', propagation: 'slave' },
      { kind: 'tmpfs', target: '/scratch', size: 65_536, inodes: 10, mode: '1777' },
      { kind: 'overlay', lower: [`${directory}/open/www`], target: '/www' },
      { kind: 'mask', target: '/proc/cpuinfo' },
    ],
  });
  const prefixes = [{ path: directory, writable: true, idmapped: false }];
  const overlays = join(directory, 'overlays');
  const flags = { readOnly: false, nosuid: true, nodev: true, noexec: false, nosymfollow: false };
  expect(await viewMounts(view, { prefixes, overlays })).toEqual([
    {
      kind: 'bind',
      target: '/data',
      source: { prefix: directory, path: 'open/data' },
      idmapped: true,
      propagation: 'private',
      ...flags,
      noexec: true,
    },
    {
      kind: 'bind',
      target: '/all',
      source: { prefix: directory, path: '' },
      idmapped: false,
      propagation: 'slave',
      ...flags,
      readOnly: true,
    },
    { kind: 'tmpfs', target: '/scratch', size: '65536', mode: '1777', inodes: 10, ...flags },
    {
      kind: 'overlay',
      target: '/www',
      lowers: [{ prefix: directory, path: 'open/www' }],
      upper: join(overlays, overlayName('/www'), 'upper'),
      work: join(overlays, overlayName('/www'), 'work'),
      ...flags,
    },
    { kind: 'mask', target: '/proc/cpuinfo' },
  ]);
});

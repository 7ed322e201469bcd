import { expect, test } from 'vitest';
import { JailSettings } from './jail-spec.ts';
import { storageRefusal } from './storage-refusal.ts';

const settings = (storage: object | undefined, root: object = { kind: 'host-usr' }) =>
  JailSettings.parse({ hostname: 'web1', root, ...(storage && { storage }) });
const bounded = { kind: 'directory', size: 10 * 2 ** 30 };
const host = (controllers?: string[]) => ({ name: 'h1', controllers, check: undefined });

test('a directory with a size needs a host that counts projects', () => {
  expect(storageRefusal(settings(bounded), host(['memory', 'project-quota']))).toBeNull();
  expect(storageRefusal(settings(bounded), host())).toBeNull();
  expect(storageRefusal(settings(bounded), host(['memory']))).toMatchObject({
    field: 'settings.storage.size',
    cause: expect.stringContaining('prjquota'),
    fix: expect.stringContaining('--storage ext4:10G'),
  });
  const check = { evidence: '/ is ext4 without prjquota', fix: 'mount -o prjquota /dev/vda /' };
  expect(storageRefusal(settings(bounded), { ...host([]), check })).toMatchObject({
    cause: check.evidence,
    fix: expect.stringContaining(check.fix),
  });
  const files = { kind: 'directory', inodes: 1000 };
  expect(storageRefusal(settings(files), host([]))).toMatchObject({ field: 'settings.storage.inodes' });
});

test('control: without a size, or in a file, nothing is asked of the host', () => {
  for (const storage of [undefined, { kind: 'directory' }, { kind: 'file', size: 2 ** 30 }])
    expect(storageRefusal(settings(storage), host([]))).toBeNull();
});

test('what lies elsewhere is not counted, and so is refused everywhere', () => {
  for (const root of [
    { kind: 'dir', path: '/srv/roots/web1' },
    { kind: 'host-usr', ephemeral: true },
  ])
    expect(storageRefusal(settings(bounded, root), host(['project-quota']))).toMatchObject({
      field: 'settings.storage.size',
      message: expect.stringContaining('no files in a directory of its own'),
    });
});

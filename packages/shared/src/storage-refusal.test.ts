import { expect, test } from 'vitest';
import { JailSettings } from './jail-spec.ts';
import { JailStorage } from './jail-storage.ts';
import { storageRefusal, storageUseRefusal } from './storage-refusal.ts';

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

test('a directory is not made to end below what lies in it', () => {
  const of = (after: object, usage: object | null, before: object = { kind: 'directory', size: 2 ** 30 }) =>
    storageUseRefusal(JailStorage.parse(before), JailStorage.parse(after), {
      jail: 'web1',
      usage: usage as null,
    });
  const usage = { storageBytes: 600 * 2 ** 20, storageFiles: 900 };
  expect(of({ kind: 'directory', size: 512 * 2 ** 20 }, usage)).toEqual({
    field: 'settings.storage.size',
    message: '512M is less than the files of web1 take.',
    cause: 'In use now: 600M.',
    fix: expect.stringContaining('cellblock exec web1 -- du'),
  });
  expect(of({ kind: 'directory', size: 2 ** 30, inodes: 899 }, usage)).toMatchObject({
    field: 'settings.storage.inodes',
    cause: 'In use now: 900.',
  });
  // Control: what holds it, what was so before, and what nobody counted.
  for (const enough of [{ size: 600 * 2 ** 20 }, { inodes: 900 }, { size: 2 ** 31, inodes: null }])
    expect(of({ kind: 'directory', ...enough }, usage)).toBeNull();
  const tight = { kind: 'directory', size: 512 * 2 ** 20 };
  expect(of({ ...tight, inodes: 1000 }, usage, tight)).toBeNull();
  for (const nothing of [null, {}, { storageBytes: null, storageFiles: null }])
    expect(of(tight, nothing)).toBeNull();
  expect(of({ kind: 'file', size: 512 * 2 ** 20 }, usage)).toBeNull();
});

import { JailSettings } from '@cellblock/shared/jail-spec';
import { expect, test } from 'vitest';
import { storageMustStay } from './storage-must-stay.ts';

const settings = (storage?: JailSettings['storage']) =>
  JailSettings.parse({ hostname: 'web1', root: { kind: 'host-usr' }, ...(storage && { storage }) });
const file = { kind: 'file', fileSystem: 'ext4', size: 2 ** 30, inodes: null } as const;

test('a jail keeps the storage that it was made with', () => {
  storageMustStay(settings(), settings({ kind: 'directory' }));
  storageMustStay(settings(file), settings({ ...file }));
  for (const [before, after] of [
    [settings(), settings(file)],
    [settings(file), settings()],
    [settings(file), settings({ ...file, size: 2 ** 31 })],
  ] as const)
    expect(() => storageMustStay(before, after)).toThrow('decided when it is made');
});

import { JailSettings } from '@cellblock/shared/jail-spec';
import { expect, test } from 'vitest';
import { storageMustStay } from './storage-must-stay.ts';

const settings = (storage?: JailSettings['storage']) =>
  JailSettings.parse({ hostname: 'web1', root: { kind: 'host-usr' }, ...(storage && { storage }) });
const plain = { kind: 'directory', size: null, inodes: null } as const;
const bounded = { ...plain, size: 2 ** 30 } as const;
const file = { kind: 'file', fileSystem: 'ext4', size: 2 ** 30, inodes: null } as const;

test('a jail keeps the storage that it was made with', () => {
  storageMustStay(settings(), settings(plain));
  storageMustStay(settings(file), settings({ ...file }));
  for (const [before, after] of [
    [settings(), settings(file)],
    [settings(file), settings()],
    [settings(file), settings({ ...file, size: 2 ** 31 })],
    [settings(), settings(bounded)],
    [settings(bounded), settings()],
    [settings(bounded), settings(file)],
  ] as const)
    expect(() => storageMustStay(before, after)).toThrow('decided when it is made');
});

test('what a directory may hold can be changed where it is counted', () => {
  storageMustStay(settings(bounded), settings({ ...bounded, size: 2 ** 31 }));
  storageMustStay(settings(bounded), settings({ ...plain, inodes: 1000 }));
});

import { expect, test } from 'vitest';
import { jailView } from '../../test/views.ts';
import { jailDetail } from './jail-table.ts';

const { seen } = jailView;
const usage = { memoryBytes: null, cpuSeconds: null, pids: null, storageBytes: 2 ** 20, storageFiles: 40 };
const storage = { kind: 'directory', size: 16 * 2 ** 20, inodes: null } as const;

test('show says what a jail’s directory holds and where it ends; control: of one without an end nothing', () => {
  const counted = {
    ...jailView,
    settings: { ...jailView.settings, storage },
    seen: seen && { ...seen, usage },
  };
  expect(jailDetail(counted).rows).toContainEqual(['storage', '1M of 16M, 40 files']);
  expect(jailDetail(jailView).rows.map(([name]) => name)).not.toContain('storage');
});

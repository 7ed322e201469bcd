import { Role } from '@cellblock/shared/role';
import type { JailView } from '@cellblock/shared/views/jail-view';
import { expect, test } from 'vitest';
import { settingsForReader } from './settings-for-reader.ts';

const jail = { name: 'web1', settings: { environment: { DB_PASSWORD: 'hunter2' } } } as unknown as JailView;

test.each(Role.options)('%s sees values of environment variables only if it could set them', (role) => {
  const seen = settingsForReader(jail, role).settings.environment;
  expect(seen).toEqual({
    DB_PASSWORD: ['operator', 'admin'].includes(role) ? 'hunter2' : '(hidden)',
  });
});

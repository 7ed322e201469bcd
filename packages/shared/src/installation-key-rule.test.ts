import { expect, test } from 'vitest';
import { installationKeyRefusal } from './installation-key-rule.ts';

test.each([
  ['a new database and a new dashboard', null, null, null],
  ['a new database and a key that is here', null, 'a', null],
  ['the key that the database knows', 'a', 'a', null],
  ['no key here', 'a', null, 'whose key is not here'],
  ['another key here', 'a', 'b', 'with another key'],
])('%s', (_, held, mine, says) => {
  const refusal = installationKeyRefusal(held, mine);
  if (says === null) return expect(refusal).toBeNull();
  expect(refusal?.message).toContain(says);
  expect(refusal?.refusal.fix).toContain('cellblock dashboard export | cellblock dashboard import');
});

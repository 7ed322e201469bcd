import { expect, test } from 'vitest';
import { commandInFix } from './command-in-fix';

test.each([
  ['cellblock logs web1', '', 'cellblock logs web1'],
  ['On the host: cellblock status', 'On the host:', 'cellblock status'],
  ['cellblock ip at 10.0.0.1 2026-11-22T14:00Z', '', 'cellblock ip at 10.0.0.1 2026-11-22T14:00Z'],
  ['Compare its fingerprint and approve it.', 'Compare its fingerprint and approve it.', null],
])('%s', (fix, words, command) => {
  expect(commandInFix(fix)).toEqual({ words, command });
});

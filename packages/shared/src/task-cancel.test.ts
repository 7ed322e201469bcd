import { expect, test } from 'vitest';
import { type CancelFacts, cancelMeaning, settingsToBringBack } from './task-cancel.ts';

const facts = (kind: CancelFacts['kind'], more: Partial<CancelFacts> = {}): CancelFacts => ({
  kind,
  name: 'web1',
  accepted: false,
  was: null,
  purge: false,
  from: null,
  settings: [],
  ...more,
});
const ran = { state: 'running' } as const;
const rested = { state: 'stopped' } as const;

test.each([
  ['a create', facts('jail.create'), 'purge'],
  ['a start', facts('jail.start', { was: rested }), 'stop'],
  ['a start of what had ended', facts('jail.start', { was: ran }), 'as-before'],
  ['a start of what had ended, on its way', facts('jail.start', { was: ran, accepted: true }), 'stop'],
  ['a restart that no host has heard of', facts('jail.restart', { was: ran }), 'as-before'],
  ['a stop that no host has heard of', facts('jail.stop', { was: ran }), 'as-before'],
  ['a stop on its way', facts('jail.stop', { was: ran, accepted: true }), 'start'],
  ['a destroy that no host has heard of', facts('jail.destroy', { was: ran }), 'restore'],
  ['a destroy on its way', facts('jail.destroy', { was: ran, accepted: true }), 'restore-and-start'],
  ['a destroy of a stopped jail', facts('jail.destroy', { was: rested, accepted: true }), 'restore'],
  ['a restore', facts('jail.restore'), 'destroy'],
  ['a change of settings', facts('jail.configure', { settings: ['limits'] }), 'settings-back'],
  ['an assignment', facts('ip.assign'), 'release'],
  ['a release', facts('ip.release'), 'keep-address'],
  ['a move that has not begun', facts('ip.move', { from: { jail: 'web2', gone: false } }), 'keep-address'],
  ['a move on its way', facts('ip.move', { from: { jail: 'web2', gone: true } }), 'move-back'],
  ['a network', facts('network.create'), 'remove-network'],
])('%s is canceled by its opposite', (_name, task, act) => {
  expect(cancelMeaning(task)).toMatchObject({ can: true, act });
});

test.each([
  ['a restart on its way', facts('jail.restart', { was: ran, accepted: true }), /has begun/],
  ['a purge', facts('jail.destroy', { was: ran, purge: true }), /cannot be brought back/],
  ['settings that were set anew', facts('jail.configure'), /set it anew/],
  ['the removal of a network', facts('network.remove'), /free for others/],
])('%s is not, and says why', (_name, task, cause) => {
  expect(cancelMeaning(task)).toMatchObject({ can: false, cause: expect.stringMatching(cause) });
});

test('only settings that nobody has set since are brought back', () => {
  const change = { before: { boot: true, read: 1 }, after: { boot: false, read: 2 } };
  expect(settingsToBringBack(change, { boot: false, read: 3 })).toEqual({ boot: true });
  expect(settingsToBringBack(change, { boot: false, read: 2 })).toEqual({ boot: true, read: 1 });
});

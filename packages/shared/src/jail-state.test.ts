import { expect, test } from 'vitest';
import { type JailTruths, jailConverged, jailState } from './jail-state.ts';

const wanted = { state: 'running', startNumber: 2 } as const;
const seen = { state: 'running', startNumber: 2 } as const;

const cases: [name: string, truths: JailTruths, word: string, converged: boolean][] = [
  ['never reported', { wanted, seen: null, hostUnknown: false }, 'wanted', false],
  ['as wanted', { wanted, seen, hostUnknown: false }, 'running', true],
  ['silent host: never running', { wanted, seen, hostUnknown: true }, 'unknown', false],
  [
    'to be started anew',
    { wanted, seen: { ...seen, startNumber: 1 }, hostUnknown: false },
    'starting',
    false,
  ],
  ['ended by itself', { wanted, seen: { ...seen, state: 'stopped' }, hostUnknown: false }, 'stopped', false],
  ['to be stopped', { wanted: { ...wanted, state: 'stopped' }, seen, hostUnknown: false }, 'stopping', false],
  [
    'stopped as wanted',
    { wanted: { ...wanted, state: 'stopped' }, seen: { ...seen, state: 'stopped' }, hostUnknown: false },
    'stopped',
    true,
  ],
  [
    'to be destroyed',
    { wanted: { ...wanted, state: 'destroyed' }, seen, hostUnknown: false },
    'destroying',
    false,
  ],
  [
    'destroyed',
    { wanted: { ...wanted, state: 'destroyed' }, seen: { ...seen, state: 'destroyed' }, hostUnknown: false },
    'destroyed',
    true,
  ],
];

test.each(cases)('%s', (_name, truths, word, converged) => {
  expect(jailState(truths)).toBe(word);
  expect(jailConverged(truths)).toBe(converged);
});

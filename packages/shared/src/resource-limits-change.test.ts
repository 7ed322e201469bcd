import { expect, test } from 'vitest';
import { raisedLimits, resourceLimitsText, sameResourceLimits } from './resource-limits-change.ts';

test('what is above a named limit, or lifts it, is raised; a first limit and a lower one are not', () => {
  expect(raisedLimits({ nofile: 64, core: 0, nproc: 5 }, { nofile: 65, nproc: 5 })).toEqual([
    'nofile',
    'core',
  ]);
  expect(raisedLimits({ nofile: 64 }, { nofile: 32, core: 0 })).toEqual([]);
  expect(raisedLimits({}, { nofile: 1_000_000 })).toEqual([]);
});

test('limits are the same whatever their order', () => {
  expect(sameResourceLimits({ nofile: 64, core: 0 }, { core: 0, nofile: 64 })).toBe(true);
  expect(sameResourceLimits({ nofile: 64 }, { nofile: 64, core: 0 })).toBe(false);
  expect(sameResourceLimits({ nofile: 64, core: 0 }, { nofile: 64 })).toBe(false);
});

test('limits are told by name', () => {
  expect(resourceLimitsText({ nofile: 64, core: 0 })).toBe('nofile 64, core 0');
  expect(resourceLimitsText({})).toBe('what the host gives');
});

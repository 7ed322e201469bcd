import { NO_LIMITS } from '@cellblock/shared/jail-limits';
import { expect, it } from 'vitest';
import { formOf, limitsAsked, limitsOf } from './limits-form';

it('reads back what it shows', () => {
  const limits = { ...NO_LIMITS, memory: 256 * 2 ** 20, cpus: 0.5, ioWriteBytes: 3 * 2 ** 20, ioWeight: 40 };
  expect(formOf(limits)).toMatchObject({ memory: '256M', cpus: '0.5', ioWriteBytes: '3M', pids: '' });
  expect(limitsOf(formOf(limits))).toEqual(limits);
});

it('names the field that cannot be read', () => {
  const form = formOf(NO_LIMITS);
  expect(limitsOf({ ...form, memory: 'much' })).toMatchObject({ limit: 'memory' });
  expect(limitsOf({ ...form, pids: '-1' })).toMatchObject({ limit: 'pids' });
});

it('takes back nothing that another person changed since it was filled', () => {
  const base = { ...NO_LIMITS, pids: 50, cpus: 1 };
  const typed = { ...base, pids: 60 };
  expect(limitsAsked(typed, base, { ...base, cpus: 2 })).toEqual({ ...base, pids: 60, cpus: 2 });
  expect(limitsAsked(base, base, { ...base, cpus: 2 })).toEqual({ ...base, cpus: 2 });
});

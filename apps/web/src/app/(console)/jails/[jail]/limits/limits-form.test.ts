import { NO_LIMITS } from '@cellblock/shared/jail-limits';
import { expect, it } from 'vitest';
import { formOf, limitsOf } from './limits-form';

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

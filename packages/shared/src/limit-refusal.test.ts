import { expect, it } from 'vitest';
import { NO_LIMITS } from './jail-limits.ts';
import { limitRefusal } from './limit-refusal.ts';

const ALL = ['cpu', 'io', 'io-weight', 'memory', 'pids'];
const usage = { memoryBytes: 900, memoryNeededBytes: 600, cpuSeconds: 1, pids: 12 };
const refusal = (limits: object, more: object = {}) =>
  limitRefusal({ ...NO_LIMITS, ...limits }, { jail: 'web1', host: 'h1', controllers: ALL, usage, ...more });

it('lets limits be that hold what runs', () => {
  expect(refusal({ memory: 600, pids: 12, cpus: 0.1, ioWeight: 5 })).toBeNull();
});

it('refuses a limit below what runs now, and says how much that is', () => {
  expect(refusal({ pids: 11 })).toMatchObject({
    limit: 'pids',
    cause: 'Running now: 12.',
    fix: expect.stringContaining('cellblock stop web1'),
  });
  expect(refusal({ memory: 599 })).toMatchObject({ limit: 'memory', cause: expect.stringContaining('600') });
});

it('refuses nothing below use for a jail that does not run', () => {
  expect(refusal({ pids: 2, memory: 1 }, { usage: null })).toBeNull();
});

it('refuses a limit that the host cannot hold, by its controller', () => {
  expect(refusal({ ioReadBytes: 5 }, { controllers: ['memory'] })).toMatchObject({
    limit: 'ioReadBytes',
    cause: 'It lacks the controller io.',
  });
  expect(refusal({ ioWeight: 5 }, { controllers: ['io'] })).toMatchObject({
    cause: expect.stringContaining('scheduler'),
  });
  expect(refusal({ ioReadBytes: 5 }, { controllers: undefined })).toBeNull();
  expect(refusal({}, { controllers: [] })).toBeNull();
});

import { describe, expect, it } from 'vitest';
import { limitWrites } from './limits.ts';

const texts = (...arguments_: Parameters<typeof limitWrites>) =>
  limitWrites(...arguments_).map(({ file, value }) => `${file}=${value}`);

describe('limitWrites', () => {
  it('raises memory with swap before memory, and lowers it after', () => {
    expect(texts({ memory: 200 }, () => 1, 100)).toEqual([
      'memory.memsw.limit_in_bytes=200',
      'memory.limit_in_bytes=200',
    ]);
    expect(texts({ memory: 50 }, () => 1, 100)).toEqual([
      'memory.limit_in_bytes=50',
      'memory.memsw.limit_in_bytes=50',
    ]);
  });

  it('speaks v2 where the controller is in the v2 tree', () => {
    expect(texts({ memory: 200, cpus: 0.5, pids: 10 }, () => 2, 0)).toEqual([
      'memory.swap.max=0',
      'memory.max=200',
      'cpu.max=50000 100000',
      'pids.max=10',
    ]);
  });

  it('lifts a limit for null and leaves alone what is not named', () => {
    expect(texts({ cpus: null, pids: null }, () => 1, 0)).toEqual(['cpu.cfs_quota_us=-1', 'pids.max=max']);
    expect(texts({ cpus: null, memory: null }, () => 2, 0)).toEqual([
      'memory.swap.max=max',
      'memory.max=max',
      'cpu.max=max 100000',
    ]);
    expect(texts({}, () => 1, 0)).toEqual([]);
  });

  it('gives no less processor time than the kernel takes', () => {
    expect(texts({ cpus: 0.001 }, () => 1, 0)).toContain('cpu.cfs_quota_us=1000');
  });
});

it('speaks of a weight as each version does', () => {
  expect(texts({ cpuWeight: 50 }, () => 1, 0)).toEqual(['cpu.shares=512']);
  expect(texts({ cpuWeight: 50 }, () => 2, 0)).toEqual(['cpu.weight=50']);
  expect(texts({ cpuWeight: null }, () => 1, 0)).toEqual(['cpu.shares=1024']);
});

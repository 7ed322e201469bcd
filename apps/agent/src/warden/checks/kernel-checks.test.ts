import { expect, test } from 'vitest';
import { kernelVerdict, unifiedTree } from './kernel-checks.ts';

test.each([
  ['5.10.0-28-amd64', 'lack'],
  ['5.12.0', 'warn'],
  ['6.1.0-56-cloud-amd64', 'warn'],
  ['6.3.1', 'have'],
  ['6.18.44', 'have'],
])('a host with Linux %s: %s', (version, verdict) => {
  expect(kernelVerdict(version)).toBe(verdict);
});

test('the v2 tree is found beside v1, and missed where there is none', () => {
  const v1 = '39 31 0:36 / /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids\n';
  const v2 = '41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n';
  expect(unifiedTree(v1 + v2)).toBe('/sys/fs/cgroup/unified');
  expect(unifiedTree(v1)).toBeNull();
});

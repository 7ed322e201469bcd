import { expect, test } from 'vitest';
import { kernelVerdict } from './kernel-checks.ts';

test.each([
  ['5.10.0-28-amd64', 'lack'],
  ['5.12.0', 'warn'],
  ['6.1.0-56-cloud-amd64', 'warn'],
  ['6.3.1', 'have'],
  ['6.18.44', 'have'],
])('a host with Linux %s: %s', (version, verdict) => {
  expect(kernelVerdict(version)).toBe(verdict);
});

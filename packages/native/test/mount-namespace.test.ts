import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const SPAWN = join(import.meta.dirname, '../cpp/spawn');
const STEP = 'mount_namespace.cc';
const source = (name: string) => readFileSync(join(SPAWN, name), 'utf8');

// Requirement M7: mail M's clone_prog, a short program that makes the namespace.
test('the step that makes the mount namespace is shorter than a hundred lines', () => {
  expect(source(STEP).trimEnd().split('\n').length).toBeLessThan(100);
});

test('and it is all of it: no other source of spawn makes one', () => {
  const makes = (name: string) => /(unshare|clone3?|fork_\w+)\([^;]*CLONE_NEWNS/.test(source(name));
  const sources = readdirSync(SPAWN).filter((name) => name.endsWith('.cc'));
  expect(sources.filter(makes)).toEqual([STEP]);
});

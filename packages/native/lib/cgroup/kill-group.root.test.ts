import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { linuxCgroups } from '../linux-cgroups.ts';
import { processesBelow } from './group-files.ts';
import { groupPath, usedHierarchies } from './hierarchies.ts';
import { killGroups } from './kill-group.ts';
import { removeGroup } from './remove-group.ts';

const name = `cellblock-test${process.pid}`;
let forker: ChildProcess | null = null;

beforeEach(() => linuxCgroups.createCgroup({ name }));
afterEach(async () => {
  forker?.kill('SIGKILL');
  await linuxCgroups.killCgroup({ name });
  await linuxCgroups.removeCgroup({ name });
});

/** A program in the group that always has a new child before the old one has ended. */
async function forkIn(group: string) {
  const loop = 'while :; do sleep 0.05 & sleep 0.05 & wait; done';
  forker = spawn('/bin/sh', ['-c', `echo $$ > ${join(group, 'cgroup.procs')} && ${loop}`], {
    stdio: 'ignore',
  });
  await once(forker, 'spawn');
  await expect.poll(() => processesBelow(group).length, { timeout: 5_000 }).toBeGreaterThan(1);
}

async function find(wanted: 'unified' | 'freezer'): Promise<string | null> {
  const hierarchies = await usedHierarchies();
  const found = hierarchies.find(({ version, controllers }) =>
    wanted === 'unified' ? version === 2 : version === 1 && controllers.has('freezer'),
  );
  return found ? groupPath(found, name) : null;
}

it('a group of the v2 tree alone is killed while it forks', async ({ skip }) => {
  const unified = await find('unified');
  if (unified === null) return skip('this host has no v2 tree');
  await forkIn(unified);
  await killGroups([unified], unified, null);
  expect(processesBelow(unified)).toEqual([]);
});

it('a group of the v1 hierarchies alone is killed while it forks', async ({ skip }) => {
  const freezer = await find('freezer');
  if (freezer === null) return skip('this host has no v1 freezer');
  await forkIn(freezer);
  await killGroups([freezer], null, freezer);
  expect(processesBelow(freezer)).toEqual([]);
});

it('a process that hides in a group of threads is found and killed', async ({ skip }) => {
  const unified = await find('unified');
  if (unified === null) return skip('this host has no v2 tree');
  const part = join(unified, 'own');
  const threads = join(part, 'threads');
  mkdirSync(threads, { recursive: true });
  await forkIn(part);
  writeFileSync(join(threads, 'cgroup.type'), 'threaded');
  writeFileSync(join(threads, 'cgroup.threads'), String(forker?.pid));
  // Control: that group itself tells of nobody.
  expect(() => readFileSync(join(threads, 'cgroup.procs'))).toThrow(/ENOTSUP|EOPNOTSUPP/);
  expect(processesBelow(unified)).toContain(forker?.pid);
  await killGroups([unified], unified, null);
  expect(processesBelow(unified)).toEqual([]);
});

it('a process in a group whose name is no text is found and killed, and the group is removed', async ({
  skip,
}) => {
  const unified = await find('unified');
  if (unified === null) return skip('this host has no v2 tree');
  const odd = Buffer.concat([Buffer.from(`${unified}/own-`), Buffer.from([0xff])]);
  mkdirSync(odd);
  await forkIn(unified);
  writeFileSync(Buffer.concat([odd, Buffer.from('/cgroup.procs')]), String(forker?.pid));
  // Control: read as text the name is another, which is not there.
  expect(existsSync(join(unified, readdirSync(unified).find((name) => name.startsWith('own-')) ?? ''))).toBe(
    false,
  );
  expect(processesBelow(unified)).toContain(forker?.pid);
  await killGroups([unified], unified, null);
  expect(processesBelow(unified)).toEqual([]);
  await removeGroup(unified);
  expect(existsSync(unified)).toBe(false);
});

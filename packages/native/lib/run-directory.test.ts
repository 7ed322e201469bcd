import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readTreeFacts, readTreeStatus } from './run-directory.ts';

const facts = {
  keeper: { pid: 4_000_000, startTime: 1 },
  init: { pid: 4_000_001, startTime: 1 },
  startedAt: '2026-01-01T00:00:00.000Z',
  bootId: 'another boot',
  idBase: 65536,
  capabilities: '0',
  confinement: { noNewPrivileges: false, chroot: true, proc: 'own', mounts: false },
  resourceLimits: { nofile: 64 },
};
const whole = `${JSON.stringify(facts).padEnd(1023)}\n`;

async function holding(tree: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'run-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  await writeFile(join(directory, 'tree'), tree);
  return directory;
}

test('facts of a tree are read when they are whole, and none are while they are overwritten', async () => {
  const directory = await holding(whole);
  expect(readTreeFacts(directory)).toEqual(facts);
  expect(readTreeStatus(directory)).toMatchObject({ state: 'lost', exit: null });
  const blank = ' '.repeat(whole.length);
  for (const at of [1, 20, 100, 1023]) {
    for (const torn of [blank.slice(0, at) + whole.slice(at), whole.slice(0, at) + blank.slice(at)]) {
      const found = await holding(torn);
      expect(readTreeFacts(found), torn).toBeNull();
      expect(readTreeStatus(found)).toBeNull();
    }
  }
});

test('a tree that was started before there were profiles goes on as a daemon', async () => {
  const { confinement: _, resourceLimits: __, ...old } = facts;
  expect(readTreeFacts(await holding(`${JSON.stringify(old)}\n`))).toEqual({
    ...old,
    confinement: { noNewPrivileges: true, chroot: true, proc: 'masked', mounts: false },
    resourceLimits: {},
  });
});

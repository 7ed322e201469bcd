import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { HostStatus } from '@cellblock/shared/host-status';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { jailSpec } from './spec-builders.ts';
import { Stand } from './stand.ts';

const run = promisify(execFile);

let stand: Stand;
let shown: string;
beforeAll(async () => {
  shown = await mkdtemp(join(tmpdir(), 'cellblock-shown-'));
  for (const each of ['www', 'closed/data']) await mkdir(join(shown, each), { recursive: true });
  await chmod(shown, 0o755);
  await chmod(join(shown, 'closed'), 0o700);
  stand = await Stand.open({ bounds: `viewPrefixes: [{ path: ${shown}, writable: true }]\n` });
  await stand.start();
});
afterAll(async () => {
  await stand.close();
  await rm(shown, { recursive: true, force: true });
});

const runs = (name: string) => (status: HostStatus) =>
  status.jails.some((one) => one.name === name && one.state === 'running');

async function proof(jail: string) {
  const agent = await stand.dashboard();
  const { proof } = await agent.jail.view.query({ jail, prove: true });
  if (!proof) throw new Error('no proof');
  const odd = proof.rows.filter(({ verdict }) => verdict !== 'same');
  return { ...proof, odd: odd.map(({ path, verdict, difference }) => `${path} ${verdict}: ${difference}`) };
}

test('a jail sees what is declared and nothing else; what is mounted besides is found', async () => {
  const plain = jailSpec(1, { settings: { restart: 'no' } });
  await stand.accept([plain]);
  await stand.until('running', runs(plain.name));
  const before = await proof(plain.name);
  expect(before.odd).toEqual([]);
  expect(before.holds).toBe(true);
  expect(before.rows.length).toBeGreaterThan(15);

  const into = ['-t', String(before.pid), '-m', '--'];
  await run('nsenter', [...into, 'mount', '-t', 'tmpfs', 'more', '/tmp']);
  // What is read only cannot be made writable, not even from outside; less than declared can be had.
  await expect(run('nsenter', [...into, 'mount', '-o', 'remount,bind,rw', '/usr'])).rejects.toThrow('denied');
  await run('nsenter', [...into, 'mount', '-o', 'remount,bind,nodev,noexec', '/home']);
  const after = await proof(plain.name);
  expect(after.holds).toBe(false);
  expect(after.odd).toEqual([
    '/home differs: flags: nodev,noexec instead of nodev',
    '/tmp undeclared: it is mounted, and nothing declares it',
  ]);
});

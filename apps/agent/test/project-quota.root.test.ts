import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { jailPaths } from '../src/warden/paths.ts';
import { jailSpec } from './spec-builders.ts';
import { Stand } from './stand.ts';

const run = promisify(execFile);
const MEBIBYTE = 1024 ** 2;
const SLOW = 180_000;
const LIMITED = { kind: 'directory', size: 16 * MEBIBYTE, inodes: null } as const;

test('where nothing counts projects, nothing is made, and it is said why', { timeout: SLOW }, async () => {
  const place = await mkdtemp(join(tmpdir(), 'cellblock-uncounted-'));
  const before = process.env.TMPDIR;
  let stand: Stand | undefined;
  try {
    // A tmpfs has no projects on any kernel.
    await run('mount', ['-t', 'tmpfs', '-o', 'size=256m', 'tmpfs', place]);
    process.env.TMPDIR = place;
    stand = await Stand.open();
    await stand.start();
    const [one, two] = [jailSpec(1, { settings: { storage: LIMITED } }), jailSpec(2)];
    await stand.accept([one, two]);
    const status = await stand.until(
      'control runs',
      ({ jails }) => jails.some((j) => j.state === 'running'),
      SLOW,
    );
    expect(status.jails.find(({ state }) => state === 'running')?.key).toBe(two.key);
    expect(status.refused).toMatchObject([
      {
        rule: 'storage-uncounted',
        message: expect.stringContaining('settings.storage.size'),
        fix: expect.stringContaining('--storage ext4:10G'),
      },
    ]);
    const check = status.checks.find(({ id }) => id === 'project-quota');
    expect(check).toMatchObject({ verdict: 'warn', evidence: expect.stringContaining('tmpfs') });
    expect(await stat(jailPaths(stand.paths, one.key).directory).catch(() => null)).toBeNull();
  } finally {
    await stand?.close();
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    await run('umount', [place]).catch(() => undefined);
    await rm(place, { recursive: true, force: true });
  }
});

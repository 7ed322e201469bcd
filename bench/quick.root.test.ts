import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const directory = mkdtempSync(join(tmpdir(), 'bench-test-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

// Too few runs to tell anything of speed: it shows that every row can still be measured, and leaves nothing.
test('each row is measured in a quick run, and nothing is left behind', () => {
  const out = join(directory, 'results.md');
  execFileSync('make', ['-s', '-C', join(import.meta.dirname, '../packages/native/cpp/spawn'), 'all']);
  const done = spawnSync(
    'unshare',
    [
      ...['--net', '--mount', '--propagation', 'private'],
      process.execPath,
      join(import.meta.dirname, 'run.ts'),
      ...['--quick', '--out', out],
    ],
    { encoding: 'utf8' },
  );
  expect(done.stderr).not.toMatch(/left over|Error/);
  expect(done.status).toBe(0);
  const written = readFileSync(out, 'utf8');
  const rows = [...written.matchAll(/^## (\S+)\. (.*)$/gm)].map(([, id, what]) => `${id} ${what}`);
  expect(rows.map((row) => row.slice(0, 2))).toEqual(['A1', 'A2', 'A3', 'A4', 'A5', 'A6']);
  expect(rows.join()).not.toContain('could not be measured');
  expect(written).toContain('quick: too few runs');
  // Control: a row that nobody knows is no success.
  const unknown = spawnSync(process.execPath, [
    join(import.meta.dirname, 'run.ts'),
    '--rows',
    'A9',
    '--out',
    out,
  ]);
  expect(unknown.status).not.toBe(0);
}, 300_000);

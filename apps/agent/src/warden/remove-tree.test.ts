import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { removeTree } from './remove-tree.ts';

/** Some 6000 bytes of path; made step by step, as a jail would. */
const NEST = 'import os\nfor _ in range(30):\n  os.mkdir("d"*200)\n  os.chdir("d"*200)\n';

test('what is nested deeper than a path is long goes, and no link is followed', async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'cellblock-tree-'));
  const victim = path.join(directory, 'victim');
  const storage = path.join(directory, 'storage');
  mkdirSync(storage);
  writeFileSync(victim, 'untouched');
  symlinkSync(victim, path.join(storage, 'link'));
  execFileSync('/usr/bin/python3', ['-c', NEST], { cwd: storage });
  // Control: this is what Node cannot do.
  await expect(rm(storage, { recursive: true, force: true })).rejects.toThrow('ENAMETOOLONG');
  await removeTree(storage);
  expect([existsSync(storage), existsSync(victim)]).toEqual([false, true]);
  await removeTree(directory);
});

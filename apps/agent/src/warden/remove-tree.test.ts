import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { otherRm } from '../../test/other-rm.ts';
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

/** Whatever is named `large…` takes until the file `go` is there. */
const LARGE_ONES_WAIT = (go: string) => `
import os, shutil, sys, time
for path in sys.argv[sys.argv.index("--") + 1:]:
  while os.path.basename(path).startswith("large") and not os.path.exists(${JSON.stringify(go)}): time.sleep(0.02)
  if os.path.basename(path).startswith("stays"): sys.stderr.write("Operation not permitted\\n")
  else: shutil.rmtree(path)
sys.exit("not all" if any(os.path.exists(path) for path in sys.argv[4:]) else 0)`;

test('large trees, as many as there are turns and among others, keep small ones waiting for a moment', async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'cellblock-tree-'));
  const go = path.join(directory, 'go');
  otherRm(LARGE_ONES_WAIT(go));
  const make = (name: string) => {
    const tree = path.join(directory, name);
    mkdirSync(tree);
    return tree;
  };
  const small: Promise<void>[] = [];
  let largeGone = 0;
  const large = ['large1', 'large2', 'large3'].map(make).map(async (tree) => {
    await removeTree(tree);
    largeGone += 1;
  });
  small.push(removeTree(make('small-before')));
  large.push(removeTree(make('large4')));
  const stays = expect(removeTree(make('stays'))).rejects.toThrow('Operation not permitted');
  for (let n = 0; n < 80; n += 1) small.push(removeTree(make(`small${n}`)));
  await Promise.all([...small, stays]);
  expect(largeGone).toBe(0);
  expect(readdirSync(directory).sort()).toEqual(['large1', 'large2', 'large3', 'large4', 'stays']);
  writeFileSync(go, '');
  await Promise.all(large);
  expect(readdirSync(directory).sort()).toEqual(['go', 'stays']);
  await rm(directory, { recursive: true });
}, 60_000);

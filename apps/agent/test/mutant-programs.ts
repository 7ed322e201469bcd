import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLinuxProcessTrees } from '@cellblock/native/linux-process-trees';
import type { ProcessTrees } from '@cellblock/native/process-tree';

const BUILT = join(import.meta.dirname, '../../../packages/native/build/bin');

/** Trees that are built without the named protections (a comma between two): what a row must notice. */
export async function treesWithout(
  protections: string,
): Promise<{ trees: ProcessTrees; remove: () => Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'cellblock-mutant-'));
  await copyFile(join(BUILT, 'keeper'), join(directory, 'keeper'));
  const script = `#!/bin/sh\nSPAWN_MUTANT=${protections} exec ${join(BUILT, 'spawn-mutant')} "$@"\n`;
  await writeFile(join(directory, 'spawn'), script, { mode: 0o755 });
  return {
    trees: createLinuxProcessTrees({ programs: directory }),
    remove: () => rm(directory, { recursive: true }),
  };
}

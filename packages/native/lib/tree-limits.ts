import { existsSync, readFileSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { processesBelow } from './cgroup/group-files.ts';
import type { ProcessLimit } from './kernel.ts';
import { isKernelError, KernelError } from './kernel-error.ts';
import { limitChange } from './limit-change.ts';
import { type LimitVerbs, limitProcesses } from './limit-processes.ts';
import type { TreeProcess } from './process-tree.ts';

/** Beside what `spawn` wrote down: limits that a tree was given while it ran. */
const FILE = 'limits';

export interface TreeLimits {
  resourceLimits: Record<string, number>;
  /** By name: what processes may have that the newest change has not reached; null: it reached all. */
  pending: Record<string, ProcessLimit> | null;
}

/** null: the tree with that first process has what it was started with. */
export function readTreeLimits(runDirectory: string, init: TreeProcess): TreeLimits | null {
  const path = join(runDirectory, FILE);
  // It is hardly ever there, and an error is dearer than the question.
  if (!existsSync(path)) return null;
  try {
    const { init: whose, ...limits } = JSON.parse(readFileSync(path, 'utf8'));
    return whose.pid === init.pid && whose.startTime === init.startTime ? limits : null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

async function write(runDirectory: string, init: TreeProcess, limits: TreeLimits): Promise<void> {
  const path = join(runDirectory, FILE);
  const file = await open(`${path}.new`, 'w', 0o600);
  try {
    await file.writeFile(JSON.stringify({ init, ...limits }));
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}

/**
 * Gives all processes of a running tree these limits, by name; those that are no longer named are as ours are. What
 * `exec` starts has them from the beginning of the change. Whoever is killed on the way leaves it pending, and it is
 * done again from there; when the first process refuses, everything is as before.
 */
export async function limitTree(
  kernel: LimitVerbs,
  o: {
    runDirectory: string;
    init: TreeProcess;
    before: TreeLimits;
    limits: Record<string, number>;
    cgroupProcsFiles: readonly string[];
    /** whether it is one of the tree's; its group holds programs of ours too, which need what they have */
    isInside: (pid: number) => boolean;
  },
): Promise<void> {
  const { runDirectory, init, before, limits } = o;
  if (o.cgroupProcsFiles.length === 0)
    throw new KernelError('limit the tree', 'EINVAL', 22, 'no control group says which processes are its');
  const usual = (await kernel.readProcessLimits({ pid: process.pid })) ?? {};
  const change = limitChange({
    before: before.resourceLimits,
    after: limits,
    usual,
    pending: before.pending,
  });
  const pending = Object.fromEntries(Object.entries(change).map(([name, { from }]) => [name, from]));
  await write(runDirectory, init, { resourceLimits: limits, pending });
  let begun = false;
  const groups = o.cgroupProcsFiles.map((file) => dirname(file));
  try {
    await limitProcesses(kernel, {
      list: () => [...new Set(groups.flatMap(processesBelow))].filter(o.isInside),
      change,
      begun: () => {
        begun = true;
      },
    });
  } catch (error) {
    if (!begun && isKernelError(error)) await write(runDirectory, init, before);
    throw error;
  }
  await write(runDirectory, init, { resourceLimits: limits, pending: null });
}

export async function forgetTreeLimits(runDirectory: string): Promise<void> {
  for (const name of [FILE, `${FILE}.new`]) await rm(join(runDirectory, name), { force: true });
}

import { execFile } from 'node:child_process';
import { lstat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { inTurns } from './apply/in-turns.ts';

const run = promisify(execFile);

/** Trees that one process is given: somebody's large one should keep few others waiting. */
const MOST_TREES = 64;
/** A few small trees go beside a large one. */
const inTurn = inTurns(3);

interface Removal {
  directory: string;
  resolve: () => void;
  reject: (error: unknown) => void;
}

const waiting: Removal[] = [];

/**
 * Removes a directory that a jail has filled. Not by Node: that goes by whole paths, so that directories nested
 * deeper than a path is long could never be removed, and takes all names of a directory into memory at once.
 * Starting a process stops the agent for some milliseconds, so what waits shares the next one. Mounts are left
 * standing.
 */
export function removeTree(directory: string): Promise<void> {
  return new Promise((resolve, reject) => {
    waiting.push({ directory, resolve, reject });
    void inTurn(() => removeSome(waiting.splice(0, MOST_TREES)));
  });
}

async function removeSome(removals: Removal[]): Promise<void> {
  if (removals.length === 0) return; // taken along by another
  const failure = await run('rm', ['-rf', '--one-file-system', '--', ...removals.map((one) => one.directory)])
    .then(() => null)
    .catch((error: Error) => error);
  for (const { directory, resolve, reject } of removals) {
    const stays = failure !== null && (await lstat(directory).catch(() => null)) !== null;
    if (stays) reject(failure);
    else resolve();
  }
}

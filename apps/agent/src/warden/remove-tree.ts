import { execFile } from 'node:child_process';
import { lstat } from 'node:fs/promises';
import { inTurns } from './apply/in-turns.ts';

/** Trees that one process is given. */
const MOST_TREES = 64;
const inTurn = inTurns(3);
/** Large trees have turns of their own: only other large ones wait for them. */
const aloneInTurn = inTurns(8);
/** A tree that takes longer than this is large. */
const LOOK_MS = 1_000;

interface Removal {
  directory: string;
  resolve: () => void;
  reject: (error: unknown) => void;
}

const waiting: Removal[] = [];

/**
 * Removes a directory that a jail has filled. Not by Node: that goes by whole paths, so that directories nested
 * deeper than a path is long could never be removed, and takes all names of a directory into memory at once.
 * Starting a process stops the agent for some milliseconds, so what waits shares the next one; whoever turns out
 * to be large gets a process alone, and the others begin anew without it. Mounts are left standing.
 */
export function removeTree(directory: string): Promise<void> {
  return new Promise((resolve, reject) => {
    waiting.push({ directory, resolve, reject });
    void inTurn(() => removeTogether(waiting.splice(0, MOST_TREES)));
  });
}

async function removeTogether(removals: Removal[]): Promise<void> {
  let left = removals; // none: taken along by another
  while (left.length > 0) {
    const program = rm(left);
    let looks = Promise.resolve();
    const look = async () => {
      const before = left.length;
      left = await settleGone(left);
      if (left.length === before) program.kill();
    };
    const timer = setInterval(() => {
      looks = looks.then(look);
    }, LOOK_MS);
    const failure = await program.ended;
    clearInterval(timer);
    await looks;
    left = await settleGone(left);
    if (!program.killed()) return settle(left, failure);
    // They are removed in order.
    const [large, ...others] = left;
    if (large) void aloneInTurn(() => removeAlone(large));
    left = others;
  }
}

async function removeAlone(large: Removal): Promise<void> {
  const failure = await rm([large]).ended;
  settle(await settleGone([large]), failure);
}

function settle(left: readonly Removal[], failure: Error | null): void {
  for (const one of left) failure ? one.reject(failure) : one.resolve();
}

/** Those that are there still; the others are told. */
async function settleGone(removals: readonly Removal[]): Promise<Removal[]> {
  const left: Removal[] = [];
  for (const one of removals) {
    const isGone = await lstat(one.directory).then(
      () => false,
      (error: NodeJS.ErrnoException) => error.code === 'ENOENT',
    );
    if (isGone) one.resolve();
    else left.push(one);
  }
  return left;
}

function rm(removals: readonly Removal[]) {
  let end: (failure: Error | null) => void;
  const ended = new Promise<Error | null>((resolve) => {
    end = resolve;
  });
  const directories = removals.map(({ directory }) => directory);
  const child = execFile('rm', ['-rf', '--one-file-system', '--', ...directories], (error) => end(error));
  return { ended, kill: () => child.kill(), killed: () => child.killed };
}

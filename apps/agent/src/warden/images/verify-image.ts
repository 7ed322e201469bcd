import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '@cellblock/shared/app-error';
import { inTurns } from '../apply/in-turns.ts';
import { removeTree } from '../remove-tree.ts';
import type { WardenHost } from '../warden-host.ts';
import { imageRoot } from './image-store.ts';
import { measureTree } from './tree-digest.ts';

const MOST_MS = 10 * 60_000;
/** Nothing is written by it. */
const MOST_BYTES = 0;
const MOST_WAIT = 4;
/** Every byte of a tree is read: a second one would only make both slower, and the jails with them. */
const inTurn = inTurns(1, { most: MOST_WAIT, full });

/** Is the tree still what its address says? Every byte is read again. */
export function verifyImage(host: WardenHost, digest: string): Promise<{ whole: boolean; found: string }> {
  return inTurn(() => readAgain(host, digest));
}

async function readAgain(host: WardenHost, digest: string): Promise<{ whole: boolean; found: string }> {
  const root = await imageRoot(host, digest);
  const directory = join(host.paths.images, `.work-${randomUUID()}`);
  await mkdir(directory, { mode: 0o700 });
  try {
    const { digest: found } = await measureTree(host, root, {
      directory,
      line: () => undefined,
      signal: AbortSignal.timeout(MOST_MS),
      fileBytes: MOST_BYTES,
    });
    return { whole: found === digest, found };
  } finally {
    await removeTree(directory);
  }
}

function full(): AppError {
  return new AppError('conflict', 'Too many images wait to be verified on this host.', {
    field: 'digest',
    cause: `One is read at a time, and ${MOST_WAIT} wait for it already.`,
    fix: 'Wait until one of them has ended, then ask again: cellblock image show NAME --verify',
  });
}

import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { removeTree } from '../remove-tree.ts';
import type { WardenHost } from '../warden-host.ts';
import { imageRoot } from './image-store.ts';
import { measureTree } from './tree-digest.ts';

const MOST_MS = 10 * 60_000;
/** Nothing is written by it. */
const MOST_BYTES = 0;

/** Is the tree still what its address says? Every byte is read again. */
export async function verifyImage(
  host: WardenHost,
  digest: string,
): Promise<{ whole: boolean; found: string }> {
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

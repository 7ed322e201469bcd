import { chmod, lstat, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { KernelError } from '@cellblock/native/kernel-error';
import type { Bounds } from '@cellblock/shared/bounds';
import type { Image, ImageOrder } from '@cellblock/shared/image';
import { imageName } from '@cellblock/shared/image-source';
import { removeTree } from '../remove-tree.ts';
import type { WardenHost } from '../warden-host.ts';
import { fillRoot } from './fill-root.ts';
import { keepImage, readImage } from './image-store.ts';
import { measureTree, refuseTree } from './tree-digest.ts';
import { type SpaceBounds, watchSpace } from './watch-space.ts';

export const MOST_MS = 30 * 60_000;

/** What one image may take of this host. */
export function spaceBounds({ maxImageBytes, maxImageFiles }: Bounds): SpaceBounds {
  return { bytes: maxImageBytes, entries: maxImageFiles, ms: MOST_MS };
}

export interface Making {
  order: ImageOrder;
  /** 0700; what was uploaded lies in `input/upload` already */
  work: string;
  by: string;
  cause: string | null;
  abort: AbortController;
  most: SpaceBounds;
  stage(text: string): void;
  line(text: string): void;
}

/** Makes an image as ordered and puts it into the store; whatever fails leaves nothing of it. */
export async function makeImage(host: WardenHost, o: Making): Promise<{ image: Image; wasThere: boolean }> {
  const { order, work, most, abort } = o;
  const name = imageName(order);
  const place = { input: join(work, 'input'), image: join(work, 'image') };
  for (const path of [place.input, place.image]) {
    await mkdir(path, { recursive: true, mode: 0o755 });
    await chmod(path, 0o755);
  }
  const space = watchSpace(work, `make the image ${name}`, most, abort);
  const wants = {
    directory: work,
    line: o.line,
    stage: o.stage,
    signal: abort.signal,
    fileBytes: most.bytes,
  };
  try {
    await space.look();
    abort.signal.throwIfAborted();
    const filled = await fillRoot(host, order, place, wants);
    await removeTree(place.input);
    const root = join(place.image, 'root');
    await finishRoot(root, name);
    o.stage('digest it');
    const measure = await measureTree(host, root, wants);
    if (measure.size > most.bytes || measure.entries > most.entries)
      throw new KernelError(
        `make the image ${name}`,
        'EFBIG',
        27,
        `it has ${measure.entries} files, ${measure.size} bytes`,
      );
    const image: Image = {
      ...measure,
      ...filled,
      name,
      created: host.now().toISOString(),
      architecture: process.arch === 'x64' ? 'amd64' : process.arch,
      by: o.by,
      cause: o.cause,
    };
    if (await keepImage(host, { root, fresh: join(work, 'kept') }, image)) return { image, wasThere: false };
    return { image: (await readImage(host, image.digest)) ?? image, wasThere: true };
  } finally {
    space.end();
  }
}

/** A root must be one, and must have what is mounted over it: nobody makes a directory in it later. */
async function finishRoot(root: string, name: string): Promise<void> {
  if (!(await lstat(root).catch(() => null))?.isDirectory())
    throw new KernelError(`make the image ${name}`, 'ENOENT', 2, 'nothing was unpacked');
  const judged = await refuseTree(root);
  if ('why' in judged) throw new KernelError(`take ${name} for a root`, 'ENOTDIR', 20, judged.why);
  for (const missing of judged.missing) {
    const path = join(root, missing);
    await mkdir(path, { mode: 0o755 });
    await chmod(path, missing === 'tmp' ? 0o1777 : 0o755);
  }
}

import { lstatSync } from 'node:fs';
import { mkdir, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '@cellblock/shared/app-error';
import { jailsOf } from '@cellblock/shared/host-spec';
import { Image, type ImageInUse } from '@cellblock/shared/image';
import { ImageDigest } from '@cellblock/shared/jail-spec';
import { syncDirectory, writeDurably } from '../durable-file.ts';
import { removeTree } from '../remove-tree.ts';
import type { WardenHost } from '../warden-host.ts';

const MANIFEST = 'manifest.json';
const ROOT = 'root';
const HEX = /^[0-9a-f]{64}$/;
/** An image that is being taken away: no jail finds it any more, whatever is left of it. */
const GONE = '.gone-';

/** All images of this host, newest first. One whose manifest cannot be read is none. */
export async function listImages(host: WardenHost): Promise<ImageInUse[]> {
  const names = await readdir(host.paths.images).catch(() => [] as string[]);
  const images = await Promise.all(
    names.filter((name) => HEX.test(name)).map((name) => readImage(host, `sha256:${name}`)),
  );
  return images
    .flatMap((image) => (image ? [{ ...image, usedBy: usersOf(host, image.digest) }] : []))
    .sort((a, b) => b.created.localeCompare(a.created) || a.digest.localeCompare(b.digest));
}

/** Where an image of this data directory says what it is. */
export function imageManifest(images: string, digest: string): string {
  return join(images, ImageDigest.parse(digest).slice(7), MANIFEST);
}

/** Null when it is not here, or is not what its address says. */
export async function readImage(host: WardenHost, digest: string): Promise<Image | null> {
  const place = placeOf(host, digest);
  const text = await readFile(imageManifest(host.paths.images, digest), 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    const image = Image.parse(JSON.parse(text));
    const root = lstatSync(join(place, ROOT), { throwIfNoEntry: false });
    return image.digest === digest && root?.isDirectory() ? image : null;
  } catch {
    return null;
  }
}

/** The tree that a jail's overlay lies on. Throws when the host has no such image. */
export async function imageRoot(host: WardenHost, digest: string): Promise<string> {
  if (await readImage(host, digest)) return join(placeOf(host, digest), ROOT);
  throw new AppError('not-found', `This host has no image ${digest}.`, {
    field: 'settings.root',
    cause: 'It was never made here, or was removed.',
    fix: 'See which there are: cellblock image ls; make it: cellblock image bootstrap debian:12, or image pull REF',
  });
}

export async function showImage(host: WardenHost, digest: string): Promise<ImageInUse> {
  await imageRoot(host, digest);
  const image = (await readImage(host, digest)) as Image;
  return { ...image, usedBy: usersOf(host, digest) };
}

/**
 * Puts a finished tree at its address, by one rename. Not in the directory that it was made in: whoever made it
 * could have left a link there by the manifest's name. False: it is there already.
 */
export async function keepImage(
  host: WardenHost,
  { root, fresh }: { root: string; fresh: string },
  image: Image,
): Promise<boolean> {
  const place = placeOf(host, image.digest);
  if (await readImage(host, image.digest)) return false;
  await removeTree(place);
  await mkdir(fresh, { mode: 0o700 });
  await rename(root, join(fresh, ROOT));
  await writeDurably(join(fresh, MANIFEST), `${JSON.stringify(image, null, 2)}\n`);
  await rename(fresh, place);
  await syncDirectory(host.paths.images);
  return true;
}

/** Takes an image away. Refused while it is a jail's root: the jail's own changes would have nothing to lie on. */
export async function removeImage(host: WardenHost, digest: string): Promise<Image> {
  const image = await showImage(host, digest);
  if (image.usedBy.length > 0) {
    throw new AppError('conflict', `${image.name} is the root of ${image.usedBy.join(', ')}.`, {
      field: 'digest',
      cause: 'What those jails have changed lies above it and means nothing without it.',
      fix: `Destroy them first: cellblock destroy ${image.usedBy[0]} --purge`,
    });
  }
  const gone = join(host.paths.images, `${GONE}${digest.slice(7)}`);
  await removeTree(gone);
  await rename(placeOf(host, digest), gone);
  await removeTree(gone);
  const { usedBy: _, ...removed } = image;
  return removed;
}

/** What a crash left of images that were being taken away. */
export async function clearGone(host: WardenHost): Promise<void> {
  const names = await readdir(host.paths.images).catch(() => [] as string[]);
  for (const name of names) {
    if (!name.startsWith(GONE)) continue;
    const place = join(host.paths.images, name);
    await removeTree(place).catch((error) => console.error(`${place} could not be removed:`, error));
  }
}

function placeOf(host: WardenHost, digest: string): string {
  return join(host.paths.images, ImageDigest.parse(digest).slice(7));
}

/** Jails that are destroyed but whose storage is kept can be restored: they use it still. */
function usersOf(host: WardenHost, digest: string): string[] {
  return jailsOf(host.spec())
    .filter(({ settings, wanted, purge }) => {
      const uses = settings.root.kind === 'image' && settings.root.digest === digest;
      return uses && !(wanted === 'destroyed' && purge);
    })
    .map(({ name }) => name)
    .sort();
}

import type { HostImages, ImageInUse } from '@cellblock/shared/image';
import { shortDigest } from '@cellblock/shared/short-digest';

/** An image as one host has it: the same tree on two hosts is two rows. */
export interface ImageRow extends ImageInUse {
  host: string;
  /** `h1/3f2a…`: what the URL calls it */
  key: string;
}

/** `3f2a09c1d4e5`: in a column that says what it is, and in a URL, the algorithm is no help. */
export const shortDigits = (digest: string) => shortDigest(digest).replace(/^sha256:/, '');

/** By name, of a name the newest first. */
export function imageRows(stores: readonly HostImages[]): ImageRow[] {
  return stores
    .flatMap(({ host, images }) =>
      images.map((image) => ({ ...image, host, key: `${host}/${shortDigits(image.digest)}` })),
    )
    .sort(
      (a, b) =>
        a.name.localeCompare(b.name) || b.created.localeCompare(a.created) || a.host.localeCompare(b.host),
    );
}

/** Why it stays; null: nothing has it as its root. */
export const whyKept = ({ name, usedBy }: Pick<ImageRow, 'name' | 'usedBy'>): string | null =>
  usedBy.length === 0
    ? null
    : `${name} is the root of ${usedBy.join(', ')}. Destroy ${usedBy.length === 1 ? 'it' : 'them'} first.`;

import type { HostImages, ImageInUse } from '@cellblock/shared/image';
import { shortDigest } from '@cellblock/shared/short-digest';
import { keyValues, type Printable } from '../output/print.ts';

const MEBIBYTE = 1024 ** 2;

const sizeText = (bytes: number) => `${Math.max(1, Math.round(bytes / MEBIBYTE))}M`;

export function imageTable(stores: readonly HostImages[]): Printable {
  const all = stores.flatMap(({ host, images }) => images.map((image) => ({ host, ...image })));
  return {
    data: stores,
    headings: ['HOST', 'NAME', 'DIGEST', 'SIZE', 'USED BY', 'SOURCE'],
    rows: all.map((image) => [
      image.host,
      image.name,
      shortDigest(image.digest),
      sizeText(image.size),
      image.usedBy.join(', ') || '-',
      image.source,
    ]),
    names: all.map(({ digest }) => digest),
  };
}

/** What its author suggests is shown as that: nothing of it acts. */
export function imageDetail(image: ImageInUse): Printable {
  const { command, environment, user } = image.suggested;
  return keyValues(
    image,
    [image.digest],
    [
      ['name', image.name],
      ['digest', image.digest],
      ['source', image.source],
      ['made', `${image.created} by ${image.by}`],
      ['size', `${image.size} bytes in ${image.entries} files`],
      ['architecture', image.architecture],
      ['used by', image.usedBy.join(', ') || '-'],
      ['command', command === null ? '-' : `${JSON.stringify(command)}, suggested`],
      ['environment', environment.length === 0 ? '-' : `${JSON.stringify(environment)}, suggested`],
      ['user', user === null ? '-' : `${user}, suggested`],
    ],
  );
}

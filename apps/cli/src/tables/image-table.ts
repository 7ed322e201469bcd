import type { HostImages, ImageInUse } from '@cellblock/shared/image';
import { keyValues, type Printable } from '../output/print.ts';

const SHORT = 'sha256:'.length + 12;
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
      image.digest.slice(0, SHORT),
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
      ['suggests', command === null ? '-' : `the command ${JSON.stringify(command)}`],
      ['suggests', environment.length === 0 ? '-' : `the environment ${JSON.stringify(environment)}`],
      ['suggests', user === null ? '-' : `the user ${user}`],
    ],
  );
}

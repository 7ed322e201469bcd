import { closeSync, constants, openSync, readFileSync, readlinkSync } from 'node:fs';
import { isPathAtOrBelow, isPathBelow, relativeTo } from '@cellblock/shared/path-below';

/** open(2); Node does not name it. What is opened so is neither read nor woken. */
const O_PATH = 0o10000000;

/** Where a path lies whatever it is called here: a file system, and a path in that. */
interface Place {
  device: string;
  path: string;
}

/** The mounts of this process, read when first asked for and kept for one look at the host. */
export function mountTableOnce(): () => string {
  let text: string | null = null;
  return () => {
    text ??= mountTableNow();
    return text;
  };
}

const mountTableNow = () => readFileSync('/proc/self/mountinfo', 'utf8');

const unescaped = (text: string) =>
  text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));

/**
 * The first of `places` that `path` is, lies in or holds; null: none. A bind mount gives a directory a second name,
 * and names say nothing of that: both are looked up in the file system that they lie in. Places that are not there are
 * left out.
 */
export function ownPlaceAt(
  path: string,
  places: readonly string[],
  mountTable: () => string,
): { place: string; holds: boolean } | null {
  const at = placeOf(path, mountTable);
  if (at === null) return null;
  for (const place of places) {
    const own = placeOf(place, mountTable);
    if (own === null || own.device !== at.device) continue;
    if (isPathAtOrBelow(at.path, own.path)) return { place, holds: false };
    if (isPathBelow(own.path, at.path)) return { place, holds: true };
  }
  return null;
}

/** Null when there is nothing, or only what is being unmounted. */
function placeOf(path: string, mountTable: () => string): Place | null {
  let file: number;
  try {
    file = openSync(path, O_PATH | constants.O_RDONLY);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
  try {
    // By the mount that it is on, as the kernel says: one mount may lie above another of the same name.
    const id = /^mnt_id:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${file}`, 'utf8'))?.[1];
    const real = readlinkSync(`/proc/self/fd/${file}`);
    const lineIn = (table: string) => new RegExp(`^${id} .*$`, 'm').exec(table)?.[0];
    // It may have been mounted since the table was read.
    const line = lineIn(mountTable()) ?? lineIn(mountTableNow());
    if (line === undefined) return null;
    const [, , device = '', root = '', target = ''] = line.split(' ');
    const below = relativeTo(real, unescaped(target));
    return { device, path: `${unescaped(root).replace(/\/+$/, '')}/${below}` };
  } finally {
    closeSync(file);
  }
}

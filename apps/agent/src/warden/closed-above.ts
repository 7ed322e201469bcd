import { lstatSync } from 'node:fs';
import { dirname } from 'node:path';

/** Whether a directory above `path` keeps everyone but root out (finding F3): root's, and 0700. */
export function closedAbove(path: string): boolean {
  for (let above = dirname(path); above !== '/'; above = dirname(above)) {
    const { uid, mode } = lstatSync(above);
    if (uid === 0 && (mode & 0o077) === 0) return true;
  }
  return false;
}

import { rmdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { groupsDeepestFirst } from './group-files.ts';

const ATTEMPTS = 50;
const PAUSE_MS = 10;

/** The group and all below it are gone; they must be empty. */
export async function removeGroup(group: string) {
  for (const one of groupsDeepestFirst(group)) {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await rmdir(one);
        break;
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === 'ENOENT') break;
        // A process that just ended holds its group for a moment more
        if (code !== 'EBUSY' || attempt === ATTEMPTS) throw error;
        await sleep(PAUSE_MS);
      }
    }
  }
}

import { join } from 'node:path';

/** Where `spawn` and `keeper` lie: beside the addon, in the installed build or in the clone's own. */
export function programsDirectory(): string {
  return process.env.CELLBLOCK_NATIVE ?? join(import.meta.dirname, '../../../../packages/native/build/bin');
}

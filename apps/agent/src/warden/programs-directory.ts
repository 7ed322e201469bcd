import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Where `spawn`, `keeper` and `probe` lie: beside the addon in the installed build, or in the clone's own build. */
export function programsDirectory(): string {
  // The addon is found by the same name: whoever runs out of an installed build need not set it.
  const installed = join(import.meta.dirname, 'native');
  if (existsSync(join(installed, 'spawn'))) process.env.CELLBLOCK_NATIVE ??= installed;
  return process.env.CELLBLOCK_NATIVE ?? join(import.meta.dirname, '../../../../packages/native/build/bin');
}

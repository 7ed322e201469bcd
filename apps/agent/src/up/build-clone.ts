import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '@cellblock/shared/app-error';
import type { DataDirectory } from '@cellblock/shared/data-directory';
import { type InstalledBuild, installedBuild } from '../supervisor/installed-build.ts';

/**
 * The build to run: made from the clone when the command was started from one (CELLBLOCK_SOURCE), else the
 * one that is installed.
 */
export function buildToRun(place: DataDirectory, source: string | undefined): InstalledBuild {
  if (!source) {
    if (existsSync(path.join(place.currentApp, 'build.json'))) return installedBuild(place.currentApp);
    throw new AppError('not-found', `Nothing is installed in ${place.app}.`, {
      cause: `There is no ${place.currentApp}/build.json, and CELLBLOCK_SOURCE names no clone to build from.`,
      fix: 'Run ./cellblock up in a clone of the repository; or name the directory it was installed in: --data DIR',
    });
  }
  // Two starts from one clone share its build directories: one compiles, the other finds everything made.
  const lock = path.join(source, 'node_modules/.cellblock-build.lock');
  const made = spawnSync(
    'flock',
    [lock, process.execPath, path.join(source, 'scripts/build.ts'), '--app', place.app],
    { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' },
  );
  if (made.status !== 0) {
    const ended = made.error?.message ?? (made.status === null ? made.signal : `exit status ${made.status}`);
    throw new AppError('internal', 'The build failed; its output is above.', {
      cause: `${path.join(source, 'scripts/build.ts')} ended with ${ended}.`,
      fix: `Mend what it names (is there space? df -h ${source} ${place.data}), then run this again`,
    });
  }
  return installedBuild(made.stdout.trim());
}

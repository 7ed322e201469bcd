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
      fix: 'Run ./cellblock up in a clone of the repository.',
    });
  }
  // Two starts from one clone share its build directories: one compiles, the other finds everything made.
  const lock = path.join(source, 'node_modules/.cellblock-build.lock');
  const made = spawnSync(
    'flock',
    [lock, process.execPath, path.join(source, 'scripts/build.ts'), '--app', place.app],
    { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' },
  );
  if (made.status !== 0) throw new AppError('internal', 'The build failed; its output is above.');
  return installedBuild(made.stdout.trim());
}

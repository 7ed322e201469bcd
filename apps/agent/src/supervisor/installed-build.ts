import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** An installed build: everything that runs, in one directory below DATA/app. */
export type InstalledBuild = {
  directory: string;
  /** its name, a hash of what it was made from */
  build: string;
  node: string;
  file: (name: string) => string;
};

export function installedBuild(directory: string): InstalledBuild {
  const { build } = JSON.parse(readFileSync(path.join(directory, 'build.json'), 'utf8')) as { build: string };
  const file = (name: string) => path.join(directory, name);
  return { directory, build, node: file('bin/node'), file };
}

/** The build that a bundle was started from; null in a clone. */
export function ownBuild(bundleDirectory: string): InstalledBuild | null {
  return existsSync(path.join(bundleDirectory, 'build.json')) ? installedBuild(bundleDirectory) : null;
}

import {
  existsSync,
  lstatSync,
  readFileSync,
  readlinkSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type { DataDirectory } from '@cellblock/shared/data-directory';
import * as z from 'zod';
import { removeDefaultBounds } from '../supervisor/default-bounds.ts';
import { removeAccount } from '../supervisor/system-users.ts';
import { systemdRuns, unitName } from './launch.ts';
import { removeUnit } from './systemd-unit.ts';

/**
 * What the enrolment line has put on this host, written before it is there: `agent purge` takes back these
 * things and no others. `DATA/installed.json`; a host that runs out of a clone has none.
 */
export const InstalledHere = z.object({
  /** the data directory itself was not there before */
  madeData: z.boolean(),
  /** system users that were not there before */
  users: z.array(z.string()),
  /** link to the command line; null: the name was taken by something else */
  link: z.string().nullable(),
});
export type InstalledHere = z.infer<typeof InstalledHere>;

const LINK = '/usr/local/bin/cellblock';
const fileOf = (place: DataDirectory) => path.join(place.data, 'installed.json');
const programOf = (place: DataDirectory) => path.join(place.currentApp, 'bin/cellblock');

export function readInstalled(place: DataDirectory): InstalledHere | null {
  return existsSync(fileOf(place))
    ? InstalledHere.parse(JSON.parse(readFileSync(fileOf(place), 'utf8')))
    : null;
}

export function writeInstalled(place: DataDirectory, installed: InstalledHere): void {
  writeFileSync(fileOf(place), `${JSON.stringify(installed)}\n`, { mode: 0o644 });
}

/** Where the link may go; null where another file, or another instance's link, has the name. */
export function linkFor(place: DataDirectory): string | null {
  const target = linkTarget();
  return target === null || target === programOf(place) ? LINK : null;
}

export function makeLink(place: DataDirectory, link: string): void {
  if (linkTarget() === null) symlinkSync(programOf(place), link);
}

/** What has the name: the target of a link, the empty string for anything else, null for nothing. */
function linkTarget(): string | null {
  const found = lstatSync(LINK, { throwIfNoEntry: false });
  if (!found) return null;
  return found.isSymbolicLink() ? readlinkSync(LINK) : '';
}

/** Takes everything back. Returns what had to stay, in words. */
export function removeInstalled(place: DataDirectory, installed: InstalledHere): string[] {
  const stays: string[] = [];
  if (systemdRuns()) removeUnit(unitName(place.data), place);
  if (installed.link !== null && linkTarget() === programOf(place)) rmSync(installed.link);
  for (const user of installed.users) {
    if (!removeAccount(user)) stays.push(`the system user ${user}, as which a process runs`);
  }
  const bounds = removeDefaultBounds(place);
  if (bounds) stays.push(`${bounds}, which somebody has edited`);
  else removeIfEmpty(path.dirname(place.bounds), place.data);
  for (const ours of [place.app, place.run, place.log, fileOf(place)]) {
    rmSync(ours, { recursive: true, force: true });
  }
  if (installed.madeData) removeIfEmpty(place.data);
  return stays;
}

function removeIfEmpty(directory: string, butNot = ''): void {
  if (directory === butNot) return;
  try {
    rmdirSync(directory);
  } catch {
    // Somebody else's files are in it.
  }
}

import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

// Reading is synchronous: these files are the kernel's memory, a read takes microseconds, and an observer
// reads some twenty of them for each of a thousand groups. What may have to wait for memory to be freed is not.

const isGone = (error: unknown) => ['ENOENT', 'ENODEV'].includes((error as NodeJS.ErrnoException).code ?? '');

/** A group's directory. Bytes where a jail chose the name: it need not be UTF-8. */
export type GroupPath = string | Buffer;

const below = (group: GroupPath, name: string | Buffer): GroupPath =>
  typeof group === 'string' && typeof name === 'string'
    ? join(group, name)
    : Buffer.concat([Buffer.from(group), Buffer.from('/'), Buffer.from(name)]);

/** The text of a group's file, null when the group or the file is not there. */
export function readGroupFile(group: GroupPath, file: string): string | null {
  try {
    return readFileSync(below(group, file), 'utf8').trim();
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}

/** In one write, as the kernel demands, and never making a file. */
export async function writeGroupFile(group: string, file: string, value: string) {
  await writeFile(join(group, file), value, { flag: 'r+' });
}

/** Names of the groups directly below; none when the group is not there. */
export function childGroups(group: string): string[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(group, { withFileTypes: true });
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}

/** The group and all below it, deepest first; none when it is not there. */
export function groupsDeepestFirst(group: GroupPath): GroupPath[] {
  const links = statSync(group, { throwIfNoEntry: false })?.nlink ?? 0;
  // A directory without directories below it has two links: listing its forty files can be spared
  if (links <= 2) return links === 0 ? [] : [group];
  return [...namesBelow(group).flatMap((name) => groupsDeepestFirst(below(group, name))), group];
}

function namesBelow(group: GroupPath): Buffer[] {
  try {
    const entries = readdirSync(group, { withFileTypes: true, encoding: 'buffer' });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}

/**
 * Processes of the group and of all below it. A jail may have made groups of threads in its own part: those tell of no
 * process (EOPNOTSUPP), and the group that they begin below lists all of theirs (cgroup-v2, Threads).
 */
export function processesBelow(group: string): number[] {
  const pids = new Set<number>();
  for (const one of groupsDeepestFirst(group)) {
    for (const line of processesIn(one)) {
      // 0 is a process outside our pid namespace
      if (Number(line) > 0) pids.add(Number(line));
    }
  }
  return [...pids];
}

function processesIn(group: GroupPath): string[] {
  try {
    return readGroupFile(group, 'cgroup.procs')?.split('\n') ?? [];
  } catch (error) {
    // Both names are of one number; Node's is ENOTSUP.
    if (['ENOTSUP', 'EOPNOTSUPP'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
}

/** The number after a key in a `key value` file. */
export function keyedNumber(text: string | null, key: string): number | null {
  const line = text?.split('\n').find((one) => one.startsWith(`${key} `));
  return line === undefined ? null : Number(line.slice(key.length + 1));
}

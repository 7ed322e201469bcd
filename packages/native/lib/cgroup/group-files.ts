import type { Dirent } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const isGone = (error: unknown) => ['ENOENT', 'ENODEV'].includes((error as NodeJS.ErrnoException).code ?? '');

/** The text of a group's file, null when the group or the file is not there. */
export async function readGroupFile(group: string, file: string): Promise<string | null> {
  try {
    return (await readFile(join(group, file), 'utf8')).trim();
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
export async function childGroups(group: string): Promise<string[]> {
  let entries: Dirent[];
  try {
    entries = await readdir(group, { withFileTypes: true });
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}

/** The group and all below it, deepest first; none when it is not there. */
export async function groupsDeepestFirst(group: string): Promise<string[]> {
  if ((await readGroupFile(group, 'cgroup.procs')) === null) return [];
  const below: string[] = [];
  for (const child of await childGroups(group)) below.push(...(await groupsDeepestFirst(join(group, child))));
  return [...below, group];
}

/** Processes of the group and of all below it. */
export async function processesBelow(group: string): Promise<number[]> {
  const pids = new Set<number>();
  for (const one of await groupsDeepestFirst(group)) {
    for (const line of (await readGroupFile(one, 'cgroup.procs'))?.split('\n') ?? []) {
      // 0 is a process outside our pid namespace
      if (Number(line) > 0) pids.add(Number(line));
    }
  }
  return [...pids];
}

/** The number after a key in a `key value` file. */
export function keyedNumber(text: string | null, key: string): number | null {
  const line = text?.split('\n').find((one) => one.startsWith(`${key} `));
  return line === undefined ? null : Number(line.slice(key.length + 1));
}

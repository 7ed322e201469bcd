import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';

/** Processes whose network namespace is the pinned one: all that was started on the stand, and nothing else. */
export function processesInNetns(netns: string): number[] {
  let inode: number;
  try {
    inode = statSync(netns).ino;
  } catch {
    return [];
  }
  return allProcesses().filter((pid) => {
    try {
      return readlinkSync(`/proc/${pid}/ns/net`) === `net:[${inode}]`;
    } catch {
      return false;
    }
  });
}

/** Processes in a cgroup whose path contains the word, in whatever hierarchy. */
export function processesInCgroup(word: string): number[] {
  return allProcesses().filter((pid) => read(`/proc/${pid}/cgroup`).includes(word));
}

export function commandOf(pid: number): string {
  return read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim();
}

export function allProcesses(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

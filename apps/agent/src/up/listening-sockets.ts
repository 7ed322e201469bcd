import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { readStartNow } from '../warden/read-start.ts';

export type Listener = { port: number; inode: string };

const LISTEN = '0A';
const PROGRAM_BYTES = 120;

/** Listening sockets of /proc/net/tcp or tcp6. */
export function listenersIn(table: string): Listener[] {
  return table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === LISTEN)
    .map((fields) => ({
      port: Number.parseInt(fields[1]?.split(':').at(-1) ?? '', 16),
      inode: fields[9] ?? '',
    }));
}

export type PortHolder = { pid: number; program: string };

/** Which process listens on the port; null when it cannot be told (none, or in another pid namespace). */
export function holderOfPort(port: number): PortHolder | null {
  const inodes = ['/proc/net/tcp', '/proc/net/tcp6']
    .flatMap((file) => listenersIn(readFileSync(file, 'utf8')))
    .filter((listener) => listener.port === port)
    .map((listener) => `socket:[${listener.inode}]`);
  if (inodes.length === 0) return null;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    if (openFiles(pid).some((file) => inodes.includes(file)))
      return { pid: Number(pid), program: programOf(pid) };
  }
  return null;
}

function openFiles(pid: string): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return [readlinkSync(`/proc/${pid}/fd/${fd}`)];
      } catch {
        return [];
      }
    });
  } catch {
    return []; // ended meanwhile
  }
}

function programOf(pid: string): string {
  try {
    const words = readStartNow(`/proc/${pid}/cmdline`, PROGRAM_BYTES).toString().split('\0').filter(Boolean);
    return words.join(' ') || readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return '?';
  }
}

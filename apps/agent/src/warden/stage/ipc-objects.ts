import { readFile } from 'node:fs/promises';
import { outside } from './outside.ts';

const KINDS = { msg: 'queue', shm: 'memory', sem: 'semaphores' };
const REMOVE_MS = 5_000;
/** mq_unlink(2): perl has no name for it, and the kernel has one number for each architecture. */
const MQ_UNLINK = process.arch === 'arm64' ? 181 : 241;

/** The System V objects in the name space of whoever asks, as the kernel tells of them; they outlive their makers. */
export async function systemVObjects(): Promise<string[]> {
  const found = await Promise.all(
    Object.entries(KINDS).map(async ([file, kind]) => {
      const text = await readFile(`/proc/sysvipc/${file}`, 'utf8').catch(() => '');
      const keys = text
        .split('\n')
        .slice(1)
        .flatMap((line) => line.trim().split(/\s+/)[0] || []);
      return keys.map((key) => `System V ${kind} ${written(Number(key))}`);
    }),
  );
  return found.flat();
}

/** The key of the queue that the program of probes makes when it is told this nonce (cpp/probe/victim.cc). */
export function queueKey(nonce: string): string {
  return written(Number.parseInt(nonce.slice(0, 7), 16));
}

/** What begins the nonce of a stage's victim on the host, whose objects are the stage's by their names; its queue is
 *  not the one of who is told the stage's own nonce: to remove it takes away no trace of another. */
export function victimsNonce(nonce: string): string {
  return [...nonce].reverse().join('') + nonce;
}

/** Also when the run has been ended: no signal holds it back. */
export async function removeQueue(nonce: string): Promise<void> {
  await outside(['ipcrm', '-Q', queueKey(nonce)], { environment: {}, timeoutMs: REMOVE_MS });
}

/** A POSIX queue by its name without the slash; no file system of queues need be mounted. */
export async function removePosixQueue(name: string): Promise<void> {
  const unlink = ['perl', '-e', `syscall(${MQ_UNLINK}, $ARGV[0])`, name];
  await outside(unlink, { environment: {}, timeoutMs: REMOVE_MS });
}

const written = (key: number): string => `0x${(key >>> 0).toString(16).padStart(8, '0')}`;

import { spawnSync } from 'node:child_process';
import { createHash, createPublicKey } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { instanceOf } from '@cellblock/shared/agent-handshake';
import { processesInCgroup } from './site-processes.ts';

const RUN = '/run/cellblock';

/** The mark of the agent of a data directory; null while it has no key. Nobody else's is ever ended. */
export function instanceOfData(data: string): string | null {
  const pem = path.join(data, 'agent/key.pem');
  if (!existsSync(pem)) return null;
  const raw = createPublicKey(readFileSync(pem)).export({ type: 'spki', format: 'der' }).subarray(-32);
  return instanceOf(createHash('sha256').update(raw).digest('hex'));
}

/**
 * What a failed run left of one instance goes away without the product's help: its processes by their
 * cgroups, then its cgroups, then its mounts. Links and filters went with the stand's namespaces.
 */
export function endInstance(instance: string): void {
  const mark = `cellblock-${instance}`;
  for (let round = 0; round < 50; round += 1) {
    const pids = processesInCgroup(mark);
    if (pids.length === 0) break;
    for (const pid of pids) endProcess(pid);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
  }
  unmountBelow(path.join(RUN, instance));
  for (const hierarchy of cgroupHierarchies()) removeTree(path.join(hierarchy, mark));
  rmSync(path.join(RUN, instance), { recursive: true, force: true });
}

/** Nothing is mounted below the place any more, innermost first. */
export function unmountBelow(place: string): void {
  const points = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((point) => point.startsWith(`${place}/`));
  for (const point of points.reverse()) spawnSync('umount', ['-l', point]);
}

export function cgroupHierarchies(): string[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => / - cgroup2? /.test(line))
    .map((line) => line.split(' ')[4] ?? '');
}

function removeTree(directory: string): void {
  if (!existsSync(directory)) return;
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    if (entry.isDirectory()) removeTree(path.join(directory, entry.name));
  }
  try {
    rmdirSync(directory);
  } catch {
    // The purge test says what is left.
  }
}

/** Killed, or ended by itself meanwhile. */
export function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isAtOrBelow, readMounts } from '../mountinfo.ts';
import { type Hierarchy, usedHierarchies } from './hierarchies.ts';

const SYSTEM = '/sys/dev/block';

/** `MAJOR:MINOR` as Linux puts both into one number. */
function deviceText(number: number): string {
  const value = BigInt(number);
  const major = ((value >> 8n) & 0xfffn) | ((value >> 32n) & ~0xfffn);
  const minor = (value & 0xffn) | ((value >> 12n) & ~0xffn);
  return `${major}:${minor}`;
}

/** Limits are for whole disks: a partition stands below its disk. */
function wholeDisk(device: string): string | null {
  const entry = join(SYSTEM, device);
  if (!existsSync(entry)) return null;
  if (!existsSync(join(entry, 'partition'))) return device;
  return readFileSync(join(realpathSync(entry), '..', 'dev'), 'utf8').trim();
}

/** The disk that a path's file system lies on, null when it lies on none (tmpfs, a network). */
export async function diskOf(path: string): Promise<string | null> {
  const own = wholeDisk(deviceText((await stat(path)).dev));
  if (own !== null) return own;
  // btrfs gives its files a number that no disk has: its source is one
  const below = (await readMounts()).filter((mount) => isAtOrBelow(path, mount.target));
  const mount = below.sort((a, b) => b.target.length - a.target.length)[0];
  const source = mount && statSync(mount.source, { throwIfNoEntry: false });
  return source?.isBlockDevice() ? wholeDisk(deviceText(source.rdev)) : null;
}

/** Whether weights have an effect on that disk: under bfq, or in the v2 tree with the cost model switched on. */
export async function diskHasWeights(device: string): Promise<boolean> {
  const scheduler = join(SYSTEM, device, 'queue', 'scheduler');
  if (existsSync(scheduler) && readFileSync(scheduler, 'utf8').includes('[bfq]')) return true;
  const unified = (await usedHierarchies()).find(isUnifiedWithIo);
  const model = unified && join(unified.mount, 'io.cost.qos');
  if (!model || !existsSync(model)) return false;
  return readFileSync(model, 'utf8')
    .split('\n')
    .some((line) => line.startsWith(`${device} `) && line.includes('enable=1'));
}

const isUnifiedWithIo = ({ version, controllers }: Hierarchy) => version === 2 && controllers.has('io');

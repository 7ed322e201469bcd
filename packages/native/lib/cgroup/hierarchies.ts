import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Controller } from '../kernel.ts';
import { KernelError } from '../kernel-error.ts';
import { readMounts } from '../mountinfo.ts';

/** A tree of groups: the v2 tree, or a v1 hierarchy with its controllers. */
export interface Hierarchy {
  mount: string;
  version: 1 | 2;
  controllers: Set<string>;
}

/** Kernel's words to ours; v1 says blkio where v2 says io. */
const NAMES: Record<string, Controller['name']> = {
  memory: 'memory',
  cpu: 'cpu',
  pids: 'pids',
  io: 'io',
  blkio: 'io',
  freezer: 'freezer',
  devices: 'devices',
  cpuset: 'cpuset',
};

/** v1 controllers whose hierarchies our groups live in; in the v2 tree they live always. */
const USED = ['memory', 'cpu', 'cpuacct', 'pids', 'freezer', 'blkio', 'devices'];

export async function readHierarchies(): Promise<Hierarchy[]> {
  const hierarchies: Hierarchy[] = [];
  for (const mount of await readMounts()) {
    if (mount.fsType === 'cgroup') {
      hierarchies.push({ mount: mount.target, version: 1, controllers: new Set(mount.options) });
    } else if (mount.fsType === 'cgroup2') {
      const controllers = await readFile(join(mount.target, 'cgroup.controllers'), 'utf8');
      const names = new Set(controllers.split(/\s+/).filter((name) => name !== ''));
      hierarchies.push({ mount: mount.target, version: 2, controllers: names });
    }
  }
  return hierarchies;
}

let known: Promise<Hierarchy[]> | null = null;

/** Those that our groups live in, as they were when this process first asked: they are mounted at boot. */
export function usedHierarchies(): Promise<Hierarchy[]> {
  known ??= readHierarchies().then((all) =>
    all.filter(
      ({ version, controllers }) => version === 2 || USED.some((controller) => controllers.has(controller)),
    ),
  );
  known.catch(() => {
    known = null;
  });
  return known;
}

export function controllersIn(hierarchies: Hierarchy[]): Controller[] {
  const found = new Map<string, Controller>();
  for (const { mount, version, controllers } of hierarchies) {
    // The v2 tree freezes without a controller
    const names = version === 2 ? [...controllers, 'freezer'] : [...controllers];
    for (const name of names) {
      const known = NAMES[name];
      const isBetter = known !== undefined && (version === 1 || !found.has(known));
      if (isBetter) found.set(known, { name: known, version, mount });
    }
  }
  return [...found.values()];
}

/** Where a group lies in a hierarchy. Throws KernelError EINVAL for a name that leads elsewhere. */
export function groupPath(hierarchy: Hierarchy, name: string): string {
  const parts = name.split('/');
  const isSound = parts.every((part) => /^[A-Za-z0-9_-][A-Za-z0-9_.-]*$/.test(part));
  if (!isSound) throw new KernelError(`find control group ${name}`, 'EINVAL', 22, 'not a name of a group');
  return join(hierarchy.mount, ...parts);
}

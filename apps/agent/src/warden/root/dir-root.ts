import { lstatSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';

/** Directories of the host that are never a jail's root, nor above or below one of these exactly. */
const SYSTEM = [
  '/bin',
  '/boot',
  '/dev',
  '/etc',
  '/lib',
  '/lib32',
  '/lib64',
  '/proc',
  '/root',
  '/run',
  '/sbin',
  '/sys',
  '/usr',
];

export interface RootRefusal {
  rule:
    | 'root-prefix'
    | 'root-system'
    | 'root-data'
    | 'root-link'
    | 'root-missing'
    | 'root-open'
    | 'root-empty';
  message: string;
  fix: string;
}

/**
 * Why a directory may not be a jail's root, or null when it may.
 *
 * Files that a jail makes setuid in an idmapped tree are real on disk (finding F3): so a parent that only
 * root can enter must stand above it.
 */
export async function refuseDirRoot(o: {
  path: string;
  rootPrefixes: readonly string[];
  dataDirectory: string;
}): Promise<RootRefusal | null> {
  const { path } = o;
  if (!o.rootPrefixes.some((prefix) => isBelow(path, prefix))) {
    return {
      rule: 'root-prefix',
      message: `${path} lies below no root prefix of this host's bounds`,
      fix: `as root on the host, add a directory above it to rootPrefixes in the bounds file`,
    };
  }
  if (
    path === '/' ||
    SYSTEM.some((system) => isSame(path, system) || isBelow(path, system) || isBelow(system, path))
  ) {
    return {
      rule: 'root-system',
      message: `${path} is, or holds, a directory of the host's own system`,
      fix: 'use a directory of its own, such as one below /srv',
    };
  }
  if (isSame(path, o.dataDirectory) || isBelow(path, o.dataDirectory) || isBelow(o.dataDirectory, path)) {
    return {
      rule: 'root-data',
      message: `${path} holds, or lies in, ${o.dataDirectory}, where jails' storage and keys are`,
      fix: 'use a directory elsewhere',
    };
  }
  const real = realPathOf(path);
  if (real === null) {
    return { rule: 'root-missing', message: `${path} does not exist on this host`, fix: `mkdir -p ${path}` };
  }
  if (real !== path) {
    return {
      rule: 'root-link',
      message: `${path} leads through a link to ${real}`,
      fix: `name ${real} itself`,
    };
  }
  if (!lstatSync(path).isDirectory()) {
    return { rule: 'root-missing', message: `${path} is no directory`, fix: 'name a directory' };
  }
  const isThere = (name: string) => lstatSync(`${path}/${name}`, { throwIfNoEntry: false }) !== undefined;
  if (!['usr', 'bin', 'etc'].some(isThere)) {
    return {
      rule: 'root-empty',
      message: `${path} is no root: it has neither usr, bin nor etc`,
      fix: `unpack a system into it, e.g. mmdebstrap bookworm ${path}`,
    };
  }
  return closedAbove(path) ? null : openAbove(path);
}

function realPathOf(path: string): string | null {
  try {
    return realpathSync.native(path);
  } catch {
    return null;
  }
}

function closedAbove(path: string): boolean {
  for (let above = dirname(path); above !== '/'; above = dirname(above)) {
    const { uid, mode } = lstatSync(above);
    if (uid === 0 && (mode & 0o077) === 0) return true;
  }
  return false;
}

function openAbove(path: string): RootRefusal {
  const parent = dirname(path);
  return {
    rule: 'root-open',
    message: `the host's users can enter ${parent}: a setuid file that the jail makes would be real for them`,
    fix: `chown root:root ${parent} && chmod 0700 ${parent}`,
  };
}

function isSame(a: string, b: string): boolean {
  return a.replace(/\/+$/, '') === b.replace(/\/+$/, '');
}

function isBelow(path: string, above: string): boolean {
  return above === '/' ? path !== '/' : path.startsWith(`${above.replace(/\/+$/, '')}/`);
}

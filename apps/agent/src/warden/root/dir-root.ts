import { accessSync, constants, lstatSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { RESERVED_PLACE } from '@cellblock/shared/own-mounts';
import { ownPlaces } from '@cellblock/shared/view-source-problem';
import { closedAbove } from '../closed-above.ts';
import { mountTableOnce, ownPlaceAt } from '../own-place-at.ts';

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
    | 'root-reserved'
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
  mountTable?: () => string;
}): Promise<RootRefusal | null> {
  const { path } = o;
  if (!o.rootPrefixes.some((prefix) => isBelow(path, prefix))) {
    return {
      rule: 'root-prefix',
      message: `${path} lies below no root prefix of this host's bounds`,
      fix: allowRoot(path, o.rootPrefixes),
    };
  }
  if (
    path === '/' ||
    SYSTEM.some((system) => isSame(path, system) || isBelow(path, system) || isBelow(system, path))
  ) {
    return {
      rule: 'root-system',
      message: `${path} is, or holds, a directory of the host's own system`,
      fix: 'Give it a directory of its own, such as --root dir:/srv/jails/NAME',
    };
  }
  if (isSame(path, o.dataDirectory) || isBelow(path, o.dataDirectory) || isBelow(o.dataDirectory, path)) {
    return {
      rule: 'root-data',
      message: `${path} holds, or lies in, ${o.dataDirectory}, where jails' storage and keys are`,
      fix: 'Give it a directory elsewhere, such as --root dir:/srv/jails/NAME',
    };
  }
  const real = realPathOf(path);
  if (real === null) {
    return {
      rule: 'root-missing',
      message: `${path} does not exist on this host`,
      fix: onHost(`mkdir -p ${path}`),
    };
  }
  if (real !== path) {
    return {
      rule: 'root-link',
      message: `${path} leads through a link to ${real}`,
      fix: `Name what it leads to: --root dir:${real}`,
    };
  }
  if (!lstatSync(path).isDirectory()) {
    return {
      rule: 'root-missing',
      message: `${path} is no directory`,
      fix: `Name a directory; what it is: ls -ld ${path}`,
    };
  }
  const own = ownPlaceAt(path, ownPlaces(o.dataDirectory), o.mountTable ?? mountTableOnce());
  if (own) {
    return {
      rule: 'root-data',
      message: `${path} is, by another name, ${own.holds ? 'a directory that holds' : 'in'} ${own.place}, where jails' storage and keys are`,
      fix: `Give it a directory elsewhere, such as --root dir:/srv/jails/NAME; where this one comes from: findmnt --target ${path}`,
    };
  }
  const isThere = (name: string) => lstatSync(`${path}/${name}`, { throwIfNoEntry: false }) !== undefined;
  if (!['usr', 'bin', 'etc'].some(isThere)) {
    return {
      rule: 'root-empty',
      message: `${path} is no root: it has neither usr, bin nor etc`,
      fix: onHost(`mmdebstrap bookworm ${path}; or unpack another system into it`),
    };
  }
  const reserved = lstatSync(path + RESERVED_PLACE, { throwIfNoEntry: false });
  if (reserved && !reserved.isDirectory()) {
    return {
      rule: 'root-reserved',
      message: `${path} has something called ... that is no directory, and a jail's own ${RESERVED_PLACE} is covered before it starts`,
      fix: onHost(`mv ${path}${RESERVED_PLACE} ${path}/dots`),
    };
  }
  if (!reserved && isReadOnly(path)) {
    return {
      rule: 'root-reserved',
      message: `${path} is on a file system that is read only, and has no directory ${RESERVED_PLACE}, which is covered before a jail starts`,
      fix: onHost(`mkdir -m 0755 ${path}${RESERVED_PLACE}, where the file system can be written`),
    };
  }
  return closedAbove(path) ? null : openAbove(path);
}

/** Also to root: access(2) asks the mount. */
function isReadOnly(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EROFS';
  }
}

function realPathOf(path: string): string | null {
  try {
    return realpathSync.native(path);
  } catch {
    return null;
  }
}

const onHost = (command: string) => `On the host, as root: ${command}`;

/** How root lets a directory or tarball be a jail's root. */
export function allowRoot(path: string, rootPrefixes: readonly string[]): string {
  return `On the host, as root, in /etc/cellblock/bounds.d: rootPrefixes: [${[...rootPrefixes, dirname(path)].join(', ')}]`;
}

function openAbove(path: string): RootRefusal {
  const parent = dirname(path);
  return {
    rule: 'root-open',
    message: `the host's users can enter ${parent}: a setuid file that the jail makes would be real for them`,
    fix: onHost(`chown root:root ${parent} && chmod 0700 ${parent}`),
  };
}

function isSame(a: string, b: string): boolean {
  return a.replace(/\/+$/, '') === b.replace(/\/+$/, '');
}

function isBelow(path: string, above: string): boolean {
  return above === '/' ? path !== '/' : path.startsWith(`${above.replace(/\/+$/, '')}/`);
}

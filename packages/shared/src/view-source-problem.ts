import { DEFAULT_DATA_DIRECTORY, dataDirectory } from './data-directory.ts';
import { isPathAtOrBelow, isPathBelow, isSamePath } from './path-below.ts';
import type { ViewRight } from './view-rights.ts';

/** What is wrong and why, without the field that it stands in. */
export interface SourceProblem {
  rule: string;
  message: string;
  cause: string;
  fix: string;
}

/** The kernel's own: what is in them is this host, whatever is bound of it. */
const KERNEL = ['/proc', '/sys', '/dev'];
/** Passwords of the host's users. */
const SECRETS = ['/etc/shadow', '/etc/shadow-', '/etc/gshadow', '/etc/gshadow-'];
/** The host's system: shown to a jail, perhaps; never written by one. */
const SYSTEM = ['/bin', '/boot', '/etc', '/lib', '/lib32', '/lib64', '/root', '/run', '/sbin', '/usr'];

const plain = (path: string) =>
  `/${path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/')}`;
const meets = (path: string, other: string) => isPathAtOrBelow(path, other) || isPathBelow(other, path);

/** What no jail has in its view or as its root, under no name: all that an agent lives from. */
export function ownPlaces(data = DEFAULT_DATA_DIRECTORY): string[] {
  return [data, dataDirectory(data).bounds, '/etc/cellblock', '/run/cellblock'];
}

/** Why a path of the host is shown to no jail, whatever its bounds say; null: nothing stands against it. */
export function sourceProblem(right: ViewRight, data = DEFAULT_DATA_DIRECTORY): SourceProblem | null {
  const { path } = right;
  const elsewhere = 'Name a directory that was made for jails, such as /srv/www';
  if (path !== '/' && /\/(\.?)(\/|$)/.test(path)) {
    return {
      rule: 'view-source',
      message: `${path} is not written plainly.`,
      cause:
        'It has an empty part, a part that is a dot, or a slash at its end; spawn opens it part by part.',
      fix: `Write it as ${plain(path)}`,
    };
  }
  const kernel = KERNEL.find((each) => meets(path, each));
  if (kernel !== undefined) {
    return {
      rule: 'view-source-kernel',
      message: path === '/' ? 'The root of the host is shown to no jail.' : `${path} is shown to no jail.`,
      cause: `It ${isSamePath(kernel, path) ? '' : isPathBelow(kernel, path) ? `holds ${kernel}, which ` : `lies in ${kernel}, which `}is this host's kernel; a jail has a /proc, a /sys and a /dev of its own.`,
      fix:
        path === '/' || isSamePath(path, kernel) ? elsewhere : `${elsewhere}; a device is given by --device`,
    };
  }
  const secret = SECRETS.find((each) => isPathAtOrBelow(each, path));
  if (secret !== undefined) {
    return {
      rule: 'view-source-secret',
      message: `${path} is shown to no jail.`,
      cause: `It ${isSamePath(path, secret) ? 'is' : 'holds'} ${secret}, with the passwords of the host's users.`,
      fix: `Bind the files that the jail needs, one by one, such as /etc/ssl/certs; it has an /etc of its own`,
    };
  }
  const own = ownPlaces(data).find((each) => meets(path, each));
  if (own !== undefined) {
    return {
      rule: 'view-source-ours',
      message: `${path} is shown to no jail.`,
      cause: `It ${isPathBelow(own, path) ? 'holds' : 'is, or lies in,'} ${own}, where jails' storage, the host's key or its bounds are: a jail would hold itself, and every other.`,
      fix: elsewhere,
    };
  }
  const system = right.writable ? SYSTEM.find((each) => meets(path, each)) : undefined;
  if (system !== undefined) {
    return {
      rule: 'view-source-system',
      message: `${path} is never writable in a jail.`,
      cause: `It ${isPathBelow(system, path) ? 'holds' : 'is, or lies in,'} ${system}, the host's own system.`,
      fix: `Show it read only, or copy it: cp -a ${path} /srv/NAME`,
    };
  }
  return null;
}

import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { DataDirectory } from '@cellblock/shared/data-directory';

const DEFAULT_BOUNDS = `# What any dashboard may ask of this host. Root's alone: no remote call can change it.
# Files of this directory are read in the order of their names, later ones win key by key, and the agent reads
# them again at every change.

# Directories below which a jail's dir: root or tar: file may lie.
rootPrefixes:
  - /srv/cellblock

# Directories below which what a jail's view shows may lie (--bind, --overlay); of several the longest decides:
#   - { path: /srv/www }                     shown read only, and the host's files are nobody's there
#   - { path: /srv/lib, idmapped: true }     read with the ids that are on disk, and below overlays
#   - { path: /srv/data, writable: true }    written too, with those ids: root in the jail writes as root, so
#                                            a directory above it has to be root's and 0700, or lie on nosuid
viewPrefixes: []
# Nodes below /dev that a jail may be given (--device): [net/tun, kvm].
devices: []

# Subnets that networks may use; none named: any private or documentation range.
subnets: []

# Bridges of this host that a network may attach to (--parent), as in: [br0].
parents: []

maxJails: 1000

# Host-wide settings that the agent may change: forwarding, so that a network with NAT reaches the outside.
# Where proc.hidepid is named too, it is set: users of the host see their own processes only, root sees all (/proc with
# hidepid=invisible). It stays when the name is taken away: mount -o remount,hidepid=off /proc
hostSettings:
  - net.ipv4.ip_forward
  - net.ipv6.conf.all.forwarding

exec: true
console: true
`;

const fileOf = (place: DataDirectory) => path.join(place.bounds, '10-default.yaml');

/** A host without any bounds file gets one that can be read and edited. */
export function writeDefaultBounds(place: DataDirectory): void {
  if (existsSync(place.bounds) && readdirSync(place.bounds).some((name) => name.endsWith('.yaml'))) return;
  mkdirSync(place.bounds, { recursive: true, mode: 0o755 });
  writeFileSync(fileOf(place), DEFAULT_BOUNDS, { mode: 0o644 });
}

/** Takes back what was written, unless somebody has made it theirs. Returns the directory if that stays. */
export function removeDefaultBounds(place: DataDirectory): string | null {
  const file = fileOf(place);
  if (existsSync(file) && readFileSync(file, 'utf8') === DEFAULT_BOUNDS) rmSync(file);
  if (!existsSync(place.bounds)) return null;
  if (readdirSync(place.bounds).length > 0) return place.bounds;
  rmdirSync(place.bounds);
  return null;
}

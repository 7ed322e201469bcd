import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { DataDirectory } from '@cellblock/shared/data-directory';

const DEFAULT_BOUNDS = `# What any dashboard may ask of this host. Root's alone: no remote call can change it.
# Files of this directory are read in the order of their names; the agent reads them again at every change.

# Directories below which a jail's dir: root or tar: file may lie.
rootPrefixes:
  - /srv/cellblock

# Subnets that networks may use; none named: any private or documentation range.
subnets: []

# Bridges of this host that a network may attach to.
parents: []

maxJails: 1000

# Host-wide settings that the agent may change: forwarding, so that a network with NAT reaches the outside.
hostSettings:
  - net.ipv4.ip_forward
  - net.ipv6.conf.all.forwarding

exec: true
console: true
`;

/** A host without any bounds file gets one that can be read and edited. */
export function writeDefaultBounds(place: DataDirectory): void {
  if (existsSync(place.bounds) && readdirSync(place.bounds).some((name) => name.endsWith('.yaml'))) return;
  mkdirSync(place.bounds, { recursive: true, mode: 0o755 });
  writeFileSync(path.join(place.bounds, '10-default.yaml'), DEFAULT_BOUNDS, { mode: 0o644 });
}

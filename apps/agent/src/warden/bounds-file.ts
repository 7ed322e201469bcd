import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, type Stats, statSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '@cellblock/shared/app-error';
import { Bounds } from '@cellblock/shared/bounds';
import { canonicalJson } from '@cellblock/shared/canonical-json';
import { parse } from 'yaml';
import { unknownHostSettings } from './host-setting-names.ts';

/** What is written at enrolment when the host has no bounds yet. */
const DEFAULT_FILE = `# What any dashboard may ask of this host. Root's alone: no remote call can change it.
# Files in this directory are read in the order of their names; later ones win, key by key.

# Directories below which a jail's root (dir:PATH) or a tarball (tar:PATH) may lie.
rootPrefixes: []
# Directories below which what a jail's view shows may lie (--bind, --overlay); of several the longest decides:
#   - { path: /srv/www }                     shown read only, and the host's files are nobody's there
#   - { path: /srv/lib, idmapped: true }     read with the ids that are on disk, and below overlays
#   - { path: /srv/data, writable: true }    written too, with those ids: root in the jail writes as root, so
#                                            a directory above it has to be root's and 0700, or lie on nosuid
viewPrefixes: []
# Nodes below /dev that a jail may be given (--device): [net/tun, kvm].
devices: []
# Where images may come from: debian, alpine, upload, and registries by name: docker.io, registry.example:5000.
imageSources: [debian, alpine, upload]
# What one image may take of the disk: bytes, and files.
maxImageBytes: 17179869184
maxImageFiles: 1000000
# Subnets that networks may use; empty: any.
subnets: []
# Bridges of this host that a network may attach to (--parent).
parents: []
maxJails: 1000
# Largest limits that one jail may be given; null: no bound. Memory in bytes.
maxMemory: null
maxCpus: null
maxPids: null
maxCpuWeight: null
# Bytes a second of the disk.
maxIoReadBytes: null
maxIoWriteBytes: null
# May the dashboard run commands in jails, and read their consoles?
exec: true
console: true
# Host-wide settings that the agent may change; each change is in the audit history.
# Where proc.hidepid is named too, it is set: users of the host see their own processes only, root sees all (/proc with
# hidepid=invisible). It stays when the name is taken away: mount -o remount,hidepid=off /proc
hostSettings:
  - net.ipv4.ip_forward
  - net.ipv6.conf.all.forwarding
`;

/** Times of files are of the kernel's last tick. */
const CLOCK_TICK_MS = 50;

export interface LoadedBounds {
  bounds: Bounds;
  /** SHA-256, hex, of the canonical bounds: every receipt names the bounds it was made under */
  hash: string;
}

interface Source {
  path: string;
  /** changes whenever the file does */
  state: string;
}

/** What was read last: files that are as they were then say what they said then. */
const known = new Map<string, { sources: string; loaded: LoadedBounds }>();

/** Reads the bounds. A file that others than root can write, or that cannot be read, is an error, and so is none
 *  at all: a host whose bounds are in doubt changes nothing. */
export async function loadBounds(directory: string): Promise<LoadedBounds> {
  const sources = sourcesIn(directory);
  const before = known.get(directory);
  if (before?.sources === JSON.stringify(sources)) return before.loaded;
  let merged: Record<string, unknown> = {};
  for (const { path } of sources) merged = { ...merged, ...readYaml(path, readFileSync(path, 'utf8')) };
  const parsed = Bounds.strict().safeParse(merged);
  const issues = parsed.success
    ? unknownHostSettings(parsed.data.hostSettings)
    : parsed.error.issues.map((issue) => `${issue.path.join('.') || 'file'}: ${issue.message}`);
  if (!parsed.success || issues.length > 0) {
    throw new AppError('invalid', `The bounds in ${directory} cannot be used.`, {
      cause: issues.join('; '),
      fix: `Mend that in ${directory}/*.yaml; the agent reads them as soon as they are written`,
    });
  }
  const hash = createHash('sha256').update(canonicalJson(parsed.data)).digest('hex');
  const loaded = { bounds: parsed.data, hash };
  known.set(directory, { sources: JSON.stringify(sources), loaded });
  return loaded;
}

function sourcesIn(directory: string): Source[] {
  return namesIn(directory).map((name) => {
    const path = join(directory, name);
    const found = statSync(path);
    const { uid, mode } = found;
    if (uid !== 0 || (mode & 0o022) !== 0) {
      throw new AppError('denied', `${path} can be written by others than root.`, {
        cause: `It belongs to user ${uid} and has the mode ${(mode & 0o7777).toString(8)}; bounds are root's alone.`,
        fix: `chown root ${path} && chmod go-w ${path}`,
      });
    }
    return { path, state: stateOf(found) };
  });
}

/** Two changes within one tick of the clock have one time: a file changed so lately is read again. */
function stateOf({ ino, size, ctimeMs }: Stats): string {
  const settled = Date.now() - ctimeMs > CLOCK_TICK_MS;
  return settled ? `${ino} ${size} ${ctimeMs}` : `${performance.now()}`;
}

/** Bounds that are gone, also for the moment of an editor's rename, are not bounds that forbid nothing. */
function namesIn(directory: string): string[] {
  const unreadable = (cause: string) =>
    new AppError('not-found', `The bounds in ${directory} cannot be read.`, {
      cause,
      fix: `Put the files back into ${directory}; where none are left, the agent writes the default as it is started again: cellblock down, then cellblock up as before`,
    });
  let names: string[];
  try {
    names = readdirSync(directory).filter((name) => name.endsWith('.yaml'));
  } catch (error) {
    throw unreadable((error as Error).message);
  }
  if (names.length === 0) throw unreadable('There is no file whose name ends in .yaml.');
  return names.sort();
}

function readYaml(path: string, text: string): Record<string, unknown> {
  if (text.trim() === '') {
    throw new AppError('invalid', `${path} is empty.`, {
      cause: 'It is being written, or its writing was cut off; bounds that say nothing would forbid nothing.',
      fix: `Write into it what this host allows, or remove ${path} if another file says it`,
    });
  }
  try {
    return (parse(text) ?? {}) as Record<string, unknown>;
  } catch (error) {
    throw new AppError('invalid', `${path} is not YAML.`, {
      cause: (error as Error).message.split('\n')[0] ?? '',
      fix: `Mend that line in ${path}; the agent reads it as soon as it is written`,
    });
  }
}

/** Writes the default bounds when the directory holds none. */
export async function writeDefaultBounds(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o755 });
  const names = await readdir(directory);
  if (names.some((name) => name.endsWith('.yaml'))) return;
  await writeFile(join(directory, '10-default.yaml'), DEFAULT_FILE, { mode: 0o644, flag: 'wx' });
}

import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '@cellblock/shared/app-error';
import { Bounds } from '@cellblock/shared/bounds';
import { canonicalJson } from '@cellblock/shared/canonical-json';
import { parse } from 'yaml';

/** What is written at enrolment when the host has no bounds yet. */
const DEFAULT_FILE = `# What any dashboard may ask of this host. Root's alone: no remote call can change it.
# Files in this directory are read in the order of their names; later ones win, key by key.

# Directories below which a jail's root (dir:PATH) or a tarball (tar:PATH) may lie.
rootPrefixes: []
# Subnets that networks may use; empty: any.
subnets: []
# Bridges of this host that a network may attach to (--parent).
parents: []
maxJails: 1000
# Largest limits that one jail may be given; null: no bound. Memory in bytes.
maxMemory: null
maxCpus: null
maxPids: null
# May the dashboard run commands in jails, and read their consoles?
exec: true
console: true
# Host-wide settings that the agent may change; each change is in the audit history.
hostSettings:
  - net.ipv4.ip_forward
  - net.ipv6.conf.all.forwarding
`;

export interface LoadedBounds {
  bounds: Bounds;
  /** SHA-256, hex, of the canonical bounds: every receipt names the bounds it was made under */
  hash: string;
}

/** Reads the bounds. A file that others than root can write, or that cannot be read, is an error: a host
 *  whose bounds are in doubt changes nothing. */
export async function loadBounds(directory: string): Promise<LoadedBounds> {
  const names = (await readdir(directory).catch(() => [])).filter((name) => name.endsWith('.yaml')).sort();
  let merged: Record<string, unknown> = {};
  for (const name of names) {
    const path = join(directory, name);
    const { uid, mode } = await stat(path);
    if (uid !== 0 || (mode & 0o022) !== 0) {
      throw new AppError('denied', `${path} can be written by others than root.`, {
        cause: `It belongs to user ${uid} and has the mode ${(mode & 0o7777).toString(8)}; bounds are root's alone.`,
        fix: `chown root ${path} && chmod go-w ${path}`,
      });
    }
    merged = { ...merged, ...readYaml(path, await readFile(path, 'utf8')) };
  }
  const parsed = Bounds.strict().safeParse(merged);
  if (!parsed.success) {
    const issues = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'file'}: ${issue.message}`);
    throw new AppError('invalid', `The bounds in ${directory} cannot be used.`, {
      cause: issues.join('; '),
      fix: `Mend that in ${directory}/*.yaml; the agent reads them as soon as they are written`,
    });
  }
  return { bounds: parsed.data, hash: createHash('sha256').update(canonicalJson(parsed.data)).digest('hex') };
}

function readYaml(path: string, text: string): Record<string, unknown> {
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

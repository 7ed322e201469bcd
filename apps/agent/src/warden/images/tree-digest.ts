import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { KernelError } from '@cellblock/native/kernel-error';
import type { WardenHost } from '../warden-host.ts';
import { inWorkshop, type WorkshopWants } from './workshop.ts';

/**
 * A tree as one stream that is the same wherever and whenever it is written: names in byte order, no times, ids
 * as numbers, with access lists and the attributes that programs depend on.
 */
const LISTING =
  'set -o pipefail; tar --create --format=pax --sort=name --mtime=@0 --numeric-owner --acls --xattrs ' +
  "--xattrs-include='user.*' --xattrs-include=security.capability " +
  '--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime ' +
  "--directory=/image --file=- . | sha256sum | cut -d ' ' -f 1";

export interface TreeMeasure {
  /** `sha256:…` of the tree's canonical stream (docs/decisions/0017) */
  digest: string;
  size: number;
  entries: number;
}

/** What a tree is and how large, found by a process that can change nothing of it. */
export async function measureTree(
  host: WardenHost,
  root: string,
  wants: Pick<WorkshopWants, 'directory' | 'line' | 'signal' | 'fileBytes'>,
): Promise<TreeMeasure> {
  const mounts = [{ kind: 'storage' as const, path: root, target: '/image', readOnly: true }];
  // Without CAP_DAC_READ_SEARCH its owner could not read what others may not.
  const capabilities = ['CAP_DAC_READ_SEARCH'];
  return inWorkshop(host, { ...wants, network: 'none', mounts, capabilities }, async ({ run }) => {
    const digest = (await run('digest the image', ['bash', '-c', LISTING])).trim();
    if (!/^[0-9a-f]{64}$/.test(digest)) throw new KernelError('digest the image', 'EINVAL', 22, digest);
    const used = await run('measure the image', ['du', '--summarize', '--block-size=1', '/image']);
    const entries = await run('count the image', ['du', '--summarize', '--inodes', '/image']);
    return {
      digest: `sha256:${digest}`,
      size: Number.parseInt(used, 10),
      entries: Number.parseInt(entries, 10),
    };
  });
}

/** Directories that every root has mounts at, and which therefore must be none of a stranger's links. */
const MOUNT_POINTS = ['dev', 'proc', 'sys', 'run', 'tmp', 'etc'];

/** Why a tree is no root of a jail; null: it is one. Missing mount points are `missing`, for whoever makes them. */
export async function refuseTree(root: string): Promise<{ why: string } | { missing: string[] }> {
  const kind = async (name: string) => (await lstat(join(root, name)).catch(() => null)) ?? null;
  const missing: string[] = [];
  for (const name of MOUNT_POINTS) {
    const entry = await kind(name);
    if (entry === null) missing.push(name);
    else if (!entry.isDirectory()) return { why: `its /${name} is not a directory` };
  }
  if (missing.includes('etc')) return { why: 'it has no /etc' };
  if (!(await kind('bin')) && !(await kind('usr')))
    return { why: 'it has neither /bin nor /usr: nothing could be started in it' };
  return { missing };
}

import type { JailSettings } from './jail-spec.ts';
import { boundedDirectory, type JailStorage } from './jail-storage.ts';
import type { JailUsage } from './jail-usage.ts';
import { formatSize } from './size-text.ts';

/** What a host names among its controllers when the file system of its data directory counts projects. */
export const PROJECT_QUOTA = 'project-quota';

export interface StorageRefusal {
  field: string;
  message: string;
  cause: string;
  fix: string;
}

/**
 * Why a jail's directory cannot end at a size: it would hold nothing of the jail, or the file system that it lies on
 * counts no projects. What the host does not say refuses nothing: it has the last word.
 */
export function storageRefusal(
  { root, storage }: Pick<JailSettings, 'root' | 'storage'>,
  host: {
    name: string;
    /** HostFacts.controllers */
    controllers: readonly string[] | undefined;
    /** the host's check of project quota, when it has made it */
    check: { evidence: string; fix?: string | undefined } | undefined;
  },
): StorageRefusal | null {
  const bounded = boundedDirectory(storage);
  if (bounded === null) return null;
  const [field, instead] =
    bounded.size === null
      ? ['settings.storage.inodes', '--storage ext4:10G:20000']
      : ['settings.storage.size', '--storage ext4:10G'];
  if (root.kind === 'dir' || (root.kind === 'host-usr' && root.ephemeral)) {
    return {
      field,
      message: 'This jail keeps no files in a directory of its own.',
      cause:
        root.kind === 'dir'
          ? `Its root is ${root.path}, which is the host's.`
          : 'It is ephemeral: what it writes lies in memory.',
      fix: 'Leave --storage out, or give it another root: --root host-usr',
    };
  }
  if (host.controllers === undefined || host.controllers.includes(PROJECT_QUOTA)) return null;
  const how = host.check?.fix === undefined ? '' : `, or on the host, as root: ${host.check.fix}`;
  return {
    field,
    message: `Host ${host.name} cannot hold a directory to that.`,
    cause: host.check?.evidence ?? 'The file system of its data directory counts no projects (prjquota).',
    fix: `Give the jail a file system of its own: ${instead}${how}`,
  };
}

/**
 * Why a jail's directory cannot be made to end there: more lies in it, and nothing could be written any more. A limit
 * that stays is not asked about, and what is not counted now refuses nothing: the host has the last word (EDQUOT).
 */
export function storageUseRefusal(
  before: JailStorage | undefined,
  after: JailStorage | undefined,
  given: { jail: string; usage: Pick<JailUsage, 'storageBytes' | 'storageFiles'> | null },
): StorageRefusal | null {
  const [was, is] = [boundedDirectory(before), boundedDirectory(after)];
  if (is === null) return null;
  const { jail, usage } = given;
  const fix = `Ask for more than that, or remove files first: cellblock exec ${jail} -- du -xhd2 /var /home /root`;
  const bytes = usage?.storageBytes ?? null;
  if (is.size !== null && is.size !== was?.size && bytes !== null && bytes > is.size) {
    return {
      field: 'settings.storage.size',
      message: `${formatSize(is.size)} is less than the files of ${jail} take.`,
      cause: `In use now: ${formatSize(bytes)}.`,
      fix,
    };
  }
  const files = usage?.storageFiles ?? null;
  if (is.inodes !== null && is.inodes !== was?.inodes && files !== null && files > is.inodes) {
    return {
      field: 'settings.storage.inodes',
      message: `${is.inodes} files are fewer than ${jail} has.`,
      cause: `In use now: ${files}.`,
      fix,
    };
  }
  return null;
}

import type { JailSettings } from './jail-spec.ts';
import { boundedDirectory } from './jail-storage.ts';

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

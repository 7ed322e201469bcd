import { readFile } from 'node:fs/promises';

/** Why nothing can be held to a size in a directory, and what mends it. */
export interface UncountedProjects {
  evidence: string;
  fix: string;
}

/** The mount that a path lies on, from /proc/self/mountinfo; of several at one place the last. */
export function mountOf(
  path: string,
  mountinfo: string,
): { target: string; type: string; source: string; options: string } | null {
  let best: ReturnType<typeof mountOf> = null;
  for (const line of mountinfo.split('\n')) {
    const words = line.split(' ');
    const [target, end] = [words[4], words.indexOf('-')];
    const [type, source, options = ''] = words.slice(end + 1);
    if (target === undefined || type === undefined || source === undefined) continue;
    const isAbove = target === '/' || path === target || path.startsWith(`${target}/`);
    if (isAbove && target.length >= (best?.target.length ?? 0)) best = { target, type, source, options };
  }
  return best;
}

/** Null: the file system of a directory counts by project, and holds projects to their limits. */
export function uncountedProjects(path: string, mountinfo: string): UncountedProjects | null {
  const mount = mountOf(path, mountinfo);
  const { target = '/', type = 'an unknown file system', source = '' } = mount ?? {};
  if (/(^|,)(prjquota|pquota)(,|$)/.test(mount?.options ?? '')) return null;
  if (type === 'xfs')
    return {
      evidence: `${path} lies on ${target}, an xfs that is mounted without prjquota`,
      // xfs takes it with a first mount alone; the root's comes from the kernel's command line.
      fix:
        target === '/'
          ? 'boot with rootflags=prjquota'
          : `umount ${target} && mount -o prjquota ${source} ${target}`,
    };
  if (type === 'ext4')
    return {
      evidence: `${path} lies on ${target}, an ext4 that is mounted without prjquota; it needs the features project and quota too`,
      fix: `from a rescue system if it is in use: umount ${target} && tune2fs -O project,quota -Q prjquota ${source} && mount -o prjquota ${source} ${target}`,
    };
  return {
    evidence: `${path} lies on ${type}, which counts no projects`,
    fix: 'cellblock up --data DIR, with DIR on an ext4 or xfs that is mounted with prjquota',
  };
}

export async function readUncountedProjects(directory: string): Promise<UncountedProjects | null> {
  return uncountedProjects(directory, await readFile('/proc/self/mountinfo', 'utf8'));
}

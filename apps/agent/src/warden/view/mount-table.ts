import type { SeenMount } from '@cellblock/shared/view-proof';
import type { MountFlag } from '@cellblock/shared/view-tree';

const unescaped = (text: string) =>
  text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));

const FLAGS: readonly MountFlag[] = ['nosuid', 'nodev', 'noexec', 'nosymfollow'];

/** The lines of a mountinfo file (proc_pid_mountinfo(5)) with what is of each mount alone; the flags of its file
 *  system are not among them. */
export function parseMountTable(text: string): SeenMount[] {
  return text.split('\n').flatMap((line) => {
    const [place = '', system = ''] = line.split(' - ');
    const [, , device, root, target, options, ...groups] = place.split(' ');
    const [fsType] = system.split(' ');
    if (device === undefined || root === undefined || target === undefined || options === undefined)
      return [];
    const words = options.split(',');
    return [
      {
        path: unescaped(target),
        fsType: fsType ?? '',
        readOnly: words.includes('ro'),
        flags: FLAGS.filter((flag) => words.includes(flag)),
        idmapped: words.includes('idmapped'),
        propagation: groups.some((group) => group.startsWith('shared:'))
          ? ('shared' as const)
          : groups.some((group) => group.startsWith('master:'))
            ? ('slave' as const)
            : ('private' as const),
        device,
        root: unescaped(root),
      },
    ];
  });
}

import type { Kernel, Mount } from '../kernel.ts';
import { isAtOrBelow } from '../mountinfo.ts';
import { refuse, type World } from './world.ts';

type Options<Verb extends keyof Kernel> = Parameters<Kernel[Verb]>[0];

/** There are no files here: whether a source or a target exists is not asked. */
export function bindMount(world: World, o: Options<'bindMount'>) {
  world.begin(`bind ${o.source} at ${o.target}`);
  const flags = [o.nosuid && 'nosuid', o.nodev && 'nodev', o.noexec && 'noexec'].filter(
    (one) => one !== undefined,
  );
  const options = [o.readOnly ? 'ro' : 'rw', ...flags.filter((one) => one !== false), 'relatime'];
  world.mounts.push({ target: o.target, fsType: 'ext4', source: o.source, options });
}

export function mountTmpfs(world: World, o: Options<'mountTmpfs'>) {
  const step = `mount a tmpfs at ${o.target}`;
  world.begin(step);
  if (!/^\d+[kmg%]?$/i.test(o.size)) refuse(step, 'EINVAL', `size ${o.size}`);
  if (!/^[0-7]+$/.test(o.mode)) refuse(step, 'EINVAL', `mode ${o.mode}`);
  const options = ['rw', 'nosuid', 'nodev', 'relatime', `size=${o.size}`, `mode=${o.mode}`];
  world.mounts.push({ target: o.target, fsType: 'tmpfs', source: 'tmpfs', options });
}

export function mountFile(world: World, o: Options<'mountFile'>) {
  world.begin(`mount ${o.source} at ${o.target}`);
  const options = ['rw', 'nosuid', 'nodev', 'relatime'];
  world.mounts.push({ target: o.target, fsType: o.fileSystem, source: '/dev/loop0', options });
}

export function unmount(world: World, o: Options<'unmount'>) {
  const step = `unmount ${o.target}`;
  world.begin(step);
  if (!world.mounts.some((mount) => mount.target === o.target)) refuse(step, 'EINVAL');
  world.mounts = world.mounts.filter((mount) => !isAtOrBelow(mount.target, o.target));
}

const HIDEPID = ['off', 'noaccess', 'invisible', 'ptraceable'];

export function setHidepid(world: World, o: Options<'setHidepid'>) {
  const step = `set hidepid of ${o.target} to ${o.hidepid}`;
  world.begin(step);
  const mount = world.mounts.findLast(({ target }) => target === o.target);
  if (mount?.fsType !== 'proc') return refuse(step, 'EINVAL', 'it is no proc');
  if (!HIDEPID.includes(o.hidepid)) return refuse(step, 'EINVAL');
  const others = mount.options.filter((option) => !option.startsWith('hidepid='));
  // The kernel shows no option that is as it always was.
  mount.options = o.hidepid === 'off' ? others : [...others, `hidepid=${o.hidepid}`];
}

export function listMounts(world: World, o: Options<'listMounts'>): Mount[] {
  world.begin(`list mounts at or below ${o.under}`);
  return world.mounts.filter((mount) => isAtOrBelow(mount.target, o.under));
}

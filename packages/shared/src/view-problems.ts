import type { JailSettings } from './jail-spec.ts';
import { KERNEL_MOUNTS, USR_LINKS } from './own-mounts.ts';
import { isPathAtOrBelow, isPathBelow, isSamePath, relativeTo } from './path-below.ts';
import type { ViewMount } from './view-mount.ts';
import { viewRights } from './view-rights.ts';
import { sourceProblem } from './view-source-problem.ts';

export interface ViewProblem {
  rule: string;
  /** path of the input field at fault: `settings.view.0.target` */
  field: string;
  message: string;
  cause: string;
  fix: string;
}

type Settings = Pick<JailSettings, 'root' | 'profile' | 'view' | 'devices' | 'command'>;

/** Nodes that every jail has. */
const DEVICES_OF_ALL = ['null', 'zero', 'full', 'random', 'urandom', 'tty'];
/** Nothing can be mounted below these: there is no directory in them to mount on. */
const WITHOUT_PLACE: readonly ViewMount['kind'][] = ['devpts', 'proc', 'sysfs', 'mqueue', 'mask'];

/**
 * What stands against a view, its devices and its program, as far as it can be said without looking at a host;
 * `data` is the data directory of that host's agent. Empty: nothing.
 */
export function viewProblems(settings: Settings, data?: string): ViewProblem[] {
  const { view } = settings;
  return [
    ...view.flatMap((mount, index) => [
      ...sourceProblems(mount, index, data),
      ...targetProblems(settings, mount, index),
      ...flagProblems(settings, mount, index),
      ...cycles(settings, mount, index),
    ]),
    ...programProblems(settings),
    ...deviceProblems(settings.devices),
  ];
}

function sourceProblems(mount: ViewMount, index: number, data: string | undefined): ViewProblem[] {
  return viewRights(mount).flatMap((right) => {
    const problem = sourceProblem(right, data);
    return problem ? [{ ...problem, field: `settings.view.${index}.${right.field}` }] : [];
  });
}

function targetProblems(settings: Settings, mount: ViewMount, index: number): ViewProblem[] {
  const { target } = mount;
  const field = `settings.view.${index}.target`;
  const found: ViewProblem[] = [];
  const add = (rule: string, message: string, cause: string, fix: string) =>
    found.push({ rule, field, message, cause, fix });

  const own = KERNEL_MOUNTS.find((each) => isSamePath(each, target));
  if (own !== undefined) {
    add(
      'view-target-own',
      `${target} is the jail's own already.`,
      'Every jail has it, made for it alone; a second would only hide the first.',
      `Leave it out${own === '/dev' ? ': a device is given by --device' : ''}`,
    );
  } else if (isPathBelow(target, '/proc') && mount.kind !== 'mask') {
    add(
      'view-target-proc',
      `Nothing but a mask goes below /proc, and ${target} is to be of kind ${mount.kind}.`,
      'What is mounted there would speak for the kernel.',
      'Choose another place, or cover it: --mask PATH',
    );
  }
  if (settings.root.kind === 'host-usr') {
    const link = USR_LINKS.find((name) => isPathAtOrBelow(target, `/${name}`));
    if (link !== undefined || isSamePath(target, '/usr') || isPathBelow(target, '/usr/local')) {
      add(
        'view-target-usr',
        `${target} cannot be a place of the view on a root of the host's /usr.`,
        link === undefined
          ? `${isSamePath(target, '/usr') ? '/usr is what this root consists of' : '/usr/local is covered by something empty and read only'}.`
          : `/${link} is a link into /usr there.`,
        'Choose another place, or a root of its own: --root view, --root dir:PATH',
      );
    }
  }
  const earlier = settings.view.slice(0, index);
  const same = earlier.findIndex((each) => each.target === target);
  const hidden = earlier.findIndex((each) => isPathBelow(each.target, target));
  if (same >= 0) {
    add(
      'view-target-twice',
      `${target} is the place of two mounts.`,
      `Mount ${same + 1} of the view is there already, and the later one would hide it.`,
      'Leave one of them out, or give it another place',
    );
  } else if (hidden >= 0) {
    add(
      'view-target-hides',
      `${target} would hide ${earlier[hidden]?.target}.`,
      'Mounts are made in the order in which they are given, and this one lies above an earlier one.',
      `Give ${target} before ${earlier[hidden]?.target}`,
    );
  }
  const below = earlier.find(
    (each) => WITHOUT_PLACE.includes(each.kind) && isPathBelow(target, each.target) && mount.kind !== 'mask',
  );
  if (below !== undefined) {
    add(
      'view-target-no-place',
      `${target} has no place to be mounted on.`,
      `${below.target} is of kind ${below.kind}, and nothing can be made in it.`,
      `Choose a place outside of ${below.target}`,
    );
  }
  return found;
}

function flagProblems({ profile }: Settings, mount: ViewMount, index: number): ViewProblem[] {
  const field = (name: string) => `settings.view.${index}.${name}`;
  if ('nodev' in mount && !mount.nodev) {
    return [
      {
        rule: 'view-nodev',
        field: field('nodev'),
        message: `${mount.target} cannot be without nodev.`,
        cause: 'Each device node below it would be a way to that device, whichever the bounds name.',
        fix: 'Leave nodev as it is, and give the device by its name: --device net/tun',
      },
    ];
  }
  if (profile === 'strict' && (mount.kind === 'proc' || mount.kind === 'sysfs')) {
    return [
      {
        rule: 'view-strict',
        field: field('kind'),
        message: `A jail of profile strict has no further ${mount.kind}, as wanted at ${mount.target}.`,
        cause: 'The profile shows it nothing but its own processes.',
        fix: 'Leave it out, or choose another profile: --profile daemon',
      },
    ];
  }
  return [];
}

/** Where on the host the mount point of mount `index` lies; null: in memory, or in what the agent keeps. */
function placeOnHost({ root, view }: Settings, index: number): string | null {
  const { target } = view[index] as ViewMount;
  const below = view.slice(0, index).findLast((each) => isPathBelow(target, each.target));
  if (below !== undefined) {
    return below.kind === 'bind' ? `${below.source}/${relativeTo(target, below.target)}` : null;
  }
  return root.kind === 'dir' ? `${root.path.replace(/\/+$/, '')}${target}` : null;
}

function cycles(settings: Settings, mount: ViewMount, index: number): ViewProblem[] {
  const { root } = settings;
  const place = placeOnHost(settings, index);
  return viewRights(mount).flatMap(({ field, path }) => {
    const cycle = (cause: string): ViewProblem => ({
      rule: 'view-cycle',
      field: `settings.view.${index}.${field}`,
      message: `${path} at ${mount.target} would hold itself.`,
      cause,
      fix: 'Bind only what the jail needs of it, from beside its root or below',
    });
    if (root.kind === 'dir' && isPathAtOrBelow(root.path, path))
      return [
        cycle(`The jail's own root, ${root.path}, ${isSamePath(root.path, path) ? 'is' : 'lies in'} it.`),
      ];
    if (place !== null && isPathAtOrBelow(place, path))
      return [cycle(`Its place in the jail is ${place} of the host, which lies in it.`)];
    return [];
  });
}

function programProblems({ root, view, command }: Settings): ViewProblem[] {
  if (root.kind !== 'view') return [];
  const shown = view.filter(({ kind }) => kind === 'bind' || kind === 'overlay');
  if (shown.length === 0) {
    return [
      {
        rule: 'view-empty',
        field: 'settings.view',
        message: 'A root of the view alone needs something of the host in it.',
        cause: 'It has no files but those that are mounted, and nothing with files is.',
        fix: 'Name what it sees: --bind /srv/app:/app',
      },
    ];
  }
  const program = command?.[0];
  if (program === undefined) {
    return [
      {
        rule: 'view-program',
        field: 'settings.command',
        message: 'A root of the view alone needs a program.',
        cause: 'There is nothing else in it that could be run.',
        fix: `Name one that lies in what it sees: -- ${shown[0]?.target}/PROGRAM`,
      },
    ];
  }
  if (shown.some(({ target }) => isPathAtOrBelow(program, target))) return [];
  return [
    {
      rule: 'view-program',
      field: 'settings.command',
      message: `${program} lies in nothing that the jail sees.`,
      cause: `It sees ${shown.map(({ target }) => target).join(', ')}, and a root of the view alone has nothing else.`,
      fix: `Name a program by its whole path there: -- ${shown[0]?.target}/PROGRAM`,
    },
  ];
}

function deviceProblems(devices: readonly string[]): ViewProblem[] {
  return devices.flatMap((name, index) => {
    const field = `settings.devices.${index}`;
    const fix = 'Leave it out';
    if (DEVICES_OF_ALL.includes(name))
      return [
        {
          rule: 'device-own',
          field,
          message: `Every jail has /dev/${name}.`,
          cause: 'It is made for each.',
          fix,
        },
      ];
    if (devices.indexOf(name) < index)
      return [
        {
          rule: 'device-twice',
          field,
          message: `/dev/${name} is named twice.`,
          cause: 'Once is enough.',
          fix,
        },
      ];
    return [];
  });
}

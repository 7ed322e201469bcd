import { lstatSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { isAtOrBelow, readMounts } from '@cellblock/native/mountinfo';
import type { Bounds } from '@cellblock/shared/bounds';
import type { JailSettings } from '@cellblock/shared/jail-spec';
import { isPathBelow, relativeTo } from '@cellblock/shared/path-below';
import { viewProblems } from '@cellblock/shared/view-problems';
import {
  type ViewPrefix,
  type ViewRight,
  viewPrefixOf,
  viewRightLacks,
  viewRights,
} from '@cellblock/shared/view-rights';
import { ownPlaces } from '@cellblock/shared/view-source-problem';
import { closedAbove } from '../closed-above.ts';
import { mountTableOnce, ownPlaceAt } from '../own-place-at.ts';

export type ViewBounds = Pick<Bounds, 'viewPrefixes' | 'devices'>;

export interface ViewRefusal {
  rule: string;
  /** path of the input field: `settings.view.0.source` */
  field: string;
  message: string;
  fix: string;
}

/**
 * Why this host does not show a jail's view, or null when it does: what is wrong with it by itself, what the
 * bounds say, and what is on the disk now. Asked at every pass and once more at each start, because what a path
 * leads to can change between the two; `spawn` opens it beneath its prefix and follows no link either way.
 */
export async function refuseView(
  settings: JailSettings,
  o: { bounds: ViewBounds; dataDirectory: string; mountTable?: () => string },
): Promise<ViewRefusal | null> {
  const mountTable = o.mountTable ?? mountTableOnce();
  const [problem] = viewProblems(settings, o.dataDirectory);
  if (problem) return { ...problem, message: `${problem.message} ${problem.cause}` };
  for (const [index, mount] of settings.view.entries()) {
    const at = `settings.view.${index}`;
    for (const right of viewRights(mount)) {
      const refusal =
        refuseByBounds(right, o.bounds.viewPrefixes) ??
        refuseOnDisk(right, mount.kind === 'overlay') ??
        refuseOwn(right, o.dataDirectory, mountTable) ??
        (await refuseOpen(right));
      if (refusal) return { ...refusal, field: `${at}.${right.field}` };
    }
    const refusal = refusePlace(settings, index);
    if (refusal) return { ...refusal, field: `${at}.target` };
  }
  for (const [index, name] of settings.devices.entries()) {
    const refusal = refuseDevice(name, o.bounds.devices);
    if (refusal) return { ...refusal, field: `settings.devices.${index}` };
  }
  return null;
}

type Ground = Omit<ViewRefusal, 'field'>;

const onHost = (command: string) => `On the host, as root: ${command}`;
const IN_BOUNDS = 'On the host, as root, in /etc/cellblock/bounds.d:';

function refuseByBounds(right: ViewRight, prefixes: readonly ViewPrefix[]): Ground | null {
  const lacks = viewRightLacks(right, prefixes);
  if (lacks === null) return null;
  const { path } = right;
  if (lacks === 'prefix') {
    const more = right.writable ? ', writable: true' : right.idmapped ? ', idmapped: true' : '';
    return {
      rule: 'view-prefix',
      message: `${path} lies below no view prefix of this host's bounds`,
      fix: `${IN_BOUNDS} add to viewPrefixes: { path: ${path}${more} }`,
    };
  }
  const prefix = viewPrefixOf(path, prefixes)?.path ?? path;
  return {
    rule: `view-${lacks}`,
    message:
      lacks === 'writable'
        ? `this host's bounds show ${prefix} read only, and ${path} is to be written`
        : `this host's bounds show what is below ${prefix} as nobody's, and ${path} is to be read with the ids that are on disk`,
    fix: `Show it read only and not idmapped, or: ${IN_BOUNDS} viewPrefixes: { path: ${prefix}, ${lacks}: true }`,
  };
}

function refuseOnDisk({ path }: ViewRight, directoryOnly: boolean): Ground | null {
  const real = realPathOf(path);
  if (real === null) {
    return {
      rule: 'view-missing',
      message: `${path} does not exist on this host`,
      fix: onHost(`mkdir -p ${path}`),
    };
  }
  if (real !== path) {
    return {
      rule: 'view-link',
      message: `${path} leads through a link to ${real}`,
      fix: `Name what it leads to: ${real}`,
    };
  }
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory() || (found?.isFile() && !directoryOnly)) return null;
  return {
    rule: 'view-kind',
    message: `${path} is no directory${directoryOnly ? '' : ' and no file'}`,
    fix: `Name another; what it is: ls -ld ${path}`,
  };
}

/** By where it lies and not by its name alone, which `viewProblems` has looked at: a bind mount gives it another. */
function refuseOwn({ path }: ViewRight, data: string, mountTable: () => string): Ground | null {
  const own = ownPlaceAt(path, ownPlaces(data), mountTable);
  if (own === null) return null;
  return {
    rule: 'view-source-ours',
    message: `${path} is, by another name, ${own.holds ? 'a directory that holds' : 'in'} ${own.place}: a jail would hold what its host lives from`,
    fix: `Name a directory that was made for jails, such as /srv/www; where it comes from: findmnt --target ${path}`,
  };
}

/** Files that a jail makes setuid where its ids are those on disk are real for the host's users (finding F3). */
async function refuseOpen({ path, writable, idmapped }: ViewRight): Promise<Ground | null> {
  if (!writable || !idmapped || closedAbove(path)) return null;
  const mount = (await readMounts()).findLast(({ target }) => isAtOrBelow(path, target));
  if (mount?.options.includes('nosuid')) return null;
  const parent = dirname(path);
  return {
    rule: 'view-open',
    message: `the host's users can enter ${parent}: a setuid file that the jail makes in ${path} would be real for them`,
    fix: onHost(`chown root:root ${parent} && chmod 0700 ${parent}; or mount it nosuid`),
  };
}

/** A place inside of what cannot be written has to be there already, and of the same kind. */
function refusePlace({ root, view }: JailSettings, index: number): Ground | null {
  const mount = view[index];
  if (!mount) return null;
  const { target } = mount;
  const below = view.slice(0, index).findLast((each) => isPathBelow(target, each.target));
  const place =
    below === undefined
      ? root.kind === 'host-usr' && isPathBelow(target, '/usr')
        ? target
        : null
      : below.kind === 'bind' && below.readOnly
        ? `${below.source}/${relativeTo(target, below.target)}`
        : null;
  if (place === null) return null;
  const found = lstatSync(place, { throwIfNoEntry: false });
  const wanted = mount.kind === 'bind' && lstatSync(mount.source).isFile() ? 'file' : 'directory';
  if (mount.kind === 'mask' ? found : wanted === 'file' ? found?.isFile() : found?.isDirectory()) return null;
  return {
    rule: 'view-place',
    message: `${target} lies in something that is read only, and ${place} is no ${wanted} of this host that it could be mounted on`,
    fix: onHost(wanted === 'file' ? `touch ${place}` : `mkdir -p ${place}`),
  };
}

function refuseDevice(name: string, allowed: readonly string[]): Ground | null {
  if (!allowed.includes(name)) {
    return {
      rule: 'bounds-devices',
      message: `this host's bounds give no jail /dev/${name}`,
      fix: `${IN_BOUNDS} devices: [${[...allowed, name].join(', ')}]`,
    };
  }
  const path = `/dev/${name}`;
  const found = realPathOf(path) === path ? lstatSync(path, { throwIfNoEntry: false }) : undefined;
  if (found?.isCharacterDevice() || found?.isBlockDevice()) return null;
  return {
    rule: 'device-missing',
    message: `this host has no device ${path}`,
    fix: `Leave --device ${name} out; what there is: ls -l /dev`,
  };
}

function realPathOf(path: string): string | null {
  try {
    return realpathSync.native(path);
  } catch {
    return null;
  }
}

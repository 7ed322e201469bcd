import { AppError } from '@cellblock/shared/app-error';
import type { Bounds } from '@cellblock/shared/bounds';
import { BOUNDED } from '@cellblock/shared/jail-limits';
import type { JailSettings } from '@cellblock/shared/jail-spec';
import { viewPrefixOf, viewRightLacks, viewRights } from '@cellblock/shared/view-rights';
import { statusOf } from '../networks/reach.ts';

/** Refuses early what the host's own bounds would refuse; the host has the last word all the same. */
export function mustBeWithinBounds(host: { name: string; status: unknown }, settings: JailSettings): void {
  const bounds = statusOf(host)?.bounds;
  if (!bounds) return;
  for (const [limit, key, counted] of BOUNDED) {
    const [field, asked, allowed, unit] = [
      `settings.limits.${limit}`,
      settings.limits[limit] ?? (limit === 'cpuWeight' ? 100 : null),
      bounds[key],
      ` ${counted}`,
    ];
    if (allowed === null || (asked !== null && asked <= allowed)) continue;
    throw new AppError('denied', `Host ${host.name} gives a jail at most ${allowed}${unit}.`, {
      field,
      cause: `${asked === null ? 'No limit' : `${asked}${unit}`} was asked for; the host's bounds file says ${allowed}.`,
      fix: `Ask for at most ${allowed}${unit}, or change the bounds file on the host.`,
    });
  }
  mustShowWithin(host.name, bounds, settings);
  const { root } = settings;
  if (root.kind !== 'dir' && root.kind !== 'tar') return;
  const below = bounds.rootPrefixes.some((prefix) => root.path.startsWith(`${prefix.replace(/\/+$/, '')}/`));
  if (below) return;
  throw new AppError('denied', `Host ${host.name} does not allow ${root.path} as a root.`, {
    field: 'settings.root.path',
    cause:
      bounds.rootPrefixes.length > 0
        ? `Its bounds allow paths below ${bounds.rootPrefixes.join(', ')}.`
        : 'Its bounds list no root prefix.',
    fix: `Add a root prefix to the bounds file on host ${host.name}, or use --root host-usr.`,
  });
}

/** The host's word on what a view shows of it, and on devices; its disk is looked at by the agent alone. */
function mustShowWithin(host: string, bounds: Bounds, { view, devices }: JailSettings): void {
  for (const [index, mount] of view.entries()) {
    for (const right of viewRights(mount)) {
      const lacks = viewRightLacks(right, bounds.viewPrefixes);
      if (lacks === null) continue;
      const prefix = viewPrefixOf(right.path, bounds.viewPrefixes);
      const how =
        lacks === 'prefix' ? '' : lacks === 'writable' ? ' writable' : ' with the ids that are on disk';
      throw new AppError('denied', `Host ${host} does not show ${right.path} to jails${how}.`, {
        field: `settings.view.${index}.${right.field}`,
        cause: prefix
          ? `Its bounds name ${prefix.path} without ${lacks}: true.`
          : bounds.viewPrefixes.length > 0
            ? `Its bounds show what lies below ${bounds.viewPrefixes.map(({ path }) => path).join(', ')}.`
            : 'Its bounds list no view prefix.',
        fix:
          lacks === 'prefix'
            ? `Add it to viewPrefixes in the bounds file on host ${host}.`
            : `Show it read only, or add ${lacks}: true to ${prefix?.path} in the bounds file on host ${host}.`,
      });
    }
  }
  const index = devices.findIndex((name) => !bounds.devices.includes(name));
  if (index < 0) return;
  throw new AppError('denied', `Host ${host} gives no jail /dev/${devices[index]}.`, {
    field: `settings.devices.${index}`,
    cause:
      bounds.devices.length > 0
        ? `Its bounds name ${bounds.devices.join(', ')}.`
        : 'Its bounds name no device.',
    fix: `Add ${devices[index]} to devices in the bounds file on host ${host}, or leave it out.`,
  });
}

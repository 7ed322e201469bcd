import { AppError } from '@cellblock/shared/app-error';
import type { JailSettings } from '@cellblock/shared/jail-spec';
import { statusOf } from '../networks/reach.ts';

/** Refuses early what the host's own bounds would refuse; the host has the last word all the same. */
export function mustBeWithinBounds(host: { name: string; status: unknown }, settings: JailSettings): void {
  const bounds = statusOf(host)?.bounds;
  if (!bounds) return;
  const { memory, cpus, pids } = settings.limits;
  const over: [field: string, asked: number | null, allowed: number | null, unit: string][] = [
    ['settings.limits.memory', memory, bounds.maxMemory, ' bytes'],
    ['settings.limits.cpus', cpus, bounds.maxCpus, ' cores'],
    ['settings.limits.pids', pids, bounds.maxPids, ' processes'],
  ];
  for (const [field, asked, allowed, unit] of over) {
    if (allowed === null || (asked !== null && asked <= allowed)) continue;
    throw new AppError('denied', `Host ${host.name} gives a jail at most ${allowed}${unit}.`, {
      field,
      cause: `${asked === null ? 'No limit' : `${asked}${unit}`} was asked for; the host's bounds file says ${allowed}.`,
      fix: `Ask for at most ${allowed}${unit}, or change the bounds file on the host.`,
    });
  }
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

import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cgroupParent, netnsDirectory } from '@cellblock/shared/owned-names';
import { ownIds } from '../observe/observe-ids.ts';
import { type WardenPaths, wardenPaths } from '../paths.ts';
import { purge } from '../purge.ts';
import { takeAway } from '../throw-away/take-away.ts';
import type { WardenHost } from '../warden-host.ts';
import { isOnStage } from './stage-key.ts';

/** What the host shows to throw-away jails lies here. */
export function stageDirectory(paths: WardenPaths): string {
  return join(paths.agent, 'stage');
}

/** The data directory of an agent that is there to be killed (row X4). */
export function doomedDirectory(paths: WardenPaths): string {
  return join(stageDirectory(paths), 'doomed');
}

/**
 * Takes away every throw-away jail and all that was shown to them, by what the kernel shows: after a run, and
 * before anything else when an agent starts, for the one before may have been killed in the middle of a run. Each is
 * tried, whatever became of the one before; the first failure is told.
 */
export async function sweepStage(host: WardenHost): Promise<void> {
  const failures: unknown[] = [];
  for (const key of await keysOnStage(host)) await takeAway(host, key).catch((error) => failures.push(error));
  const doomed = doomedDirectory(host.paths);
  if (existsSync(wardenPaths(doomed).key))
    await purge({ dataDirectory: doomed, idRegistry: host.paths.ids }).catch((error) => failures.push(error));
  if (failures.length > 0) throw failures[0];
  const directory = stageDirectory(host.paths);
  for (const mount of (await host.kernel.listMounts({ under: directory })).toReversed())
    await host.kernel.unmount({ target: mount.target });
  await rm(directory, { recursive: true, force: true });
}

export async function keysOnStage(host: WardenHost): Promise<string[]> {
  const { kernel, instance } = host;
  const found = new Set([
    ...(await host.records.keys()),
    ...(await kernel.listNetns({ directory: netnsDirectory(instance) })),
    ...(await kernel.listCgroups({ parent: cgroupParent(instance) })),
    ...(await ownIds(host)).keys(),
  ]);
  return [...found].filter((key) => isOnStage(key, host.spec()));
}

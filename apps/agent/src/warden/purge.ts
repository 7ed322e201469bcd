import { mkdir, readdir, rm } from 'node:fs/promises';
import { isKernelError } from '@cellblock/native/kernel-error';
import { createLinuxKernel } from '@cellblock/native/linux-kernel';
import { createLinuxProcessTrees } from '@cellblock/native/linux-process-trees';
import { AppError } from '@cellblock/shared/app-error';
import { cellblockAt } from '@cellblock/shared/data-directory';
import {
  cgroupName,
  cgroupParent,
  netnsDirectory,
  netnsPath,
  nftTableName,
} from '@cellblock/shared/owned-names';
import { loadAgentKey } from './agent-key.ts';
import { EtcCopies } from './etc/etc-copies.ts';
import { bootId } from './facts.ts';
import { IdRanges } from './id-ranges.ts';
import { JailRecords } from './jail-records.ts';
import { ownIds } from './observe/observe-ids.ts';
import { jailPaths, wardenPaths } from './paths.ts';
import { programsDirectory } from './programs-directory.ts';
import { unboundStorage } from './project-storage.ts';
import { removeTree } from './remove-tree.ts';
import { openStorage } from './storage.ts';
import type { WardenHost } from './warden-host.ts';

const SIGTERM = 15;
const STOP_MS = 10_000;
const BUSY_TRIES = 20;
const BUSY_MS = 20;

/** Key of a jail of which something lives on, and what, in words. */
type HeldJails = Map<string, string>;

/** Removes everything of the agent in this data directory, when its warden does not run. */
export async function purge(o: { dataDirectory: string; idRegistry?: string }): Promise<string[]> {
  const paths = wardenPaths(o.dataDirectory, o.idRegistry);
  await mkdir(paths.agent, { recursive: true, mode: 0o700 });
  const { instance } = await loadAgentKey(o.dataDirectory);
  return purgeHost({
    kernel: createLinuxKernel(),
    trees: createLinuxProcessTrees({ programs: programsDirectory() }),
    instance,
    bootId: await bootId(),
    paths,
    ids: new IdRanges({ registry: paths.ids }),
    records: new JailRecords(paths),
    etc: new EtcCopies(paths.agent),
    keeper: { uid: 65_534, gid: 65_534 },
    throwAway: new Set(),
    spec: () => ({ generation: 0, objects: new Map() }),
    mayChange: () => [],
    mayShow: () => ({ viewPrefixes: [], devices: [] }),
    now: () => new Date(),
  });
}

/**
 * Stops all jails and removes every object with this instance's mark, by what the kernel shows and not by
 * what a ledger says. The guard goes after the last link. Answers with what was removed, in words. Refused when a
 * process does not end: then claim and files of its jail stay, and it can be asked for again.
 */
export async function purgeHost(host: WardenHost): Promise<string[]> {
  const removed: string[] = [];
  const keys = new Set([
    ...(await host.records.keys()),
    ...(await host.kernel.listNetns({ directory: netnsDirectory(host.instance) })),
    ...(await host.kernel.listCgroups({ parent: cgroupParent(host.instance) })),
    ...(await ownIds(host)).keys(),
  ]);
  const held: HeldJails = new Map();
  const isHeld = (key: string, by: string | null) => by !== null && held.set(key, by);
  await Promise.all([...keys].map(async (key) => isHeld(key, await stopJail(host, key))));

  const links = await host.kernel.listLinks({});
  for (const mark of ['v', 'b']) {
    for (const link of links.filter(({ name }) => name.startsWith(`${mark}${host.instance}`))) {
      await unless(host.kernel.deleteLink({ name: link.name }), 'ENODEV');
      removed.push(`link ${link.name}`);
    }
  }
  for (const key of keys) {
    if (await unless(host.kernel.removeNetns({ path: netnsPath(host.instance, key) }), 'ENOENT')) {
      removed.push(`network namespace ${key}`);
    }
    const inGroup = await removeCgroup(host, cgroupName(host.instance, key));
    // With its group it may have ended after all; what has not keeps its ids.
    if (inGroup === null && held.has(key) && !(await isRunning(host, key))) held.delete(key);
    isHeld(key, inGroup);
  }
  const table = nftTableName(host.instance);
  for (const found of await host.kernel.listNftTables({})) {
    if (found.table !== table) continue;
    await host.kernel.applyNft({ ruleset: `delete table ${found.family} ${table}\n` });
    removed.push(`table ${found.family} ${table}`);
  }
  for (const key of keys) {
    if (held.has(key) || isHeld(key, await giveBackIds(host, key))) continue;
    removed.push(`jail ${key}`);
  }
  if (held.size > 0) throw await refusalOfHeld(host, held);
  const inParent = await removeCgroup(host, cgroupParent(host.instance));
  if (inParent !== null) throw refusalOfParent(host, inParent);
  await openStorage(host);
  // Limits without a jail would wait for the next one of the same number.
  for (const key of await readdir(host.paths.jails).catch(() => [])) await unboundStorage(host, key);
  await rm(`/run/cellblock/${host.instance}`, { recursive: true, force: true });
  host.ids.removeWhenEmpty();
  await removeTree(host.paths.agent);
  removed.push(host.paths.agent);
  return removed;
}

const statusOf = (host: WardenHost, key: string) =>
  host.trees.status({ runDirectory: jailPaths(host.paths, key).run });

const isRunning = async (host: WardenHost, key: string) => (await statusOf(host, key))?.state === 'running';

/** What does not let it end, in words; null: it has ended. */
async function stopJail(host: WardenHost, key: string): Promise<string | null> {
  const { run } = jailPaths(host.paths, key);
  const status = await statusOf(host, key);
  if (status?.state !== 'running') return null;
  const stop = host.trees.stop({ runDirectory: run, signal: SIGTERM, timeoutMs: STOP_MS });
  try {
    await unless(stop, 'ESRCH', 'ENOENT');
    return null;
  } catch (error) {
    if ((error as Error).name !== 'TimeoutError') throw error;
    return `its first process (${status.init?.pid}) was killed, and not all in it has ended`;
  }
}

/** What is in it still, in words; null: it is gone. */
async function removeCgroup(host: WardenHost, name: string): Promise<string | null> {
  for (let tries = 1; ; tries += 1) {
    try {
      await unless(host.kernel.killCgroup({ name }), 'ENOENT');
    } catch (error) {
      // It was waited for there.
      if (isKernelError(error, 'EBUSY')) return error.message;
      throw error;
    }
    try {
      await unless(host.kernel.removeCgroup({ name }), 'ENOENT');
      return null;
    } catch (error) {
      if (!isKernelError(error, 'EBUSY')) throw error;
      if (tries === BUSY_TRIES) return error.message;
    }
    await new Promise((resolve) => setTimeout(resolve, BUSY_MS));
  }
}

/** What has its ids still, in words; null: they are anybody's. */
async function giveBackIds(host: WardenHost, key: string): Promise<string | null> {
  try {
    await host.ids.release({ instance: host.instance, jailKey: key });
    return null;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { message, cause } = error.refusal;
    return [message, cause].filter(Boolean).join(' ').replace(/\.$/, '');
  }
}

async function refusalOfHeld(host: WardenHost, held: HeldJails): Promise<AppError> {
  const names = await Promise.all(
    [...held.keys()].map(async (key) => (await host.records.read(key))?.name ?? key),
  );
  const each = [...held.values()].map((by, at) => `${names[at]}: ${by}`);
  return new AppError('conflict', `Not removed, because something of it does not end: ${names.join(', ')}.`, {
    cause: `${each.join('; ')}. What waits for a disk, a network file system or a tracer ends after that. Until then its ids stay claimed, and what this agent has on disk stays.`,
    fix: `What it waits for: ps -eo pid,stat,wchan:32,args (STAT D: something in the kernel; Z: its tracer); when that has come: ${again(host)}`,
    evidence: { jails: [...held.keys()] },
  });
}

function refusalOfParent(host: WardenHost, by: string): AppError {
  const group = cgroupParent(host.instance);
  return new AppError('conflict', `Not all removed: something is in the control group ${group}.`, {
    cause: `${by}. It is in no jail's own group: the jails are removed. What this agent has on disk stays until then.`,
    fix: `What is in it: grep -l ${group} /proc/[0-9]*/cgroup; when that has ended: ${again(host)}`,
    evidence: { group },
  });
}

/** A reboot starts an agent that belongs to systemd, and it its jails. */
function again({ paths: { data } }: WardenHost): string {
  const purge = cellblockAt(data, 'agent purge');
  return `${purge}; or after a reboot: ${cellblockAt(data, 'down')}, then ${purge}`;
}

/** False when it was refused with one of the codes, which mean that there is nothing to do. */
async function unless(act: Promise<unknown>, ...codes: string[]): Promise<boolean> {
  try {
    await act;
    return true;
  } catch (error) {
    if (isKernelError(error, ...codes)) return false;
    throw error;
  }
}

import { mkdir, readdir, rm } from 'node:fs/promises';
import { isKernelError } from '@cellblock/native/kernel-error';
import { createLinuxKernel } from '@cellblock/native/linux-kernel';
import { createLinuxProcessTrees } from '@cellblock/native/linux-process-trees';
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
 * what a ledger says. The guard goes after the last link. Answers with what was removed, in words.
 */
export async function purgeHost(host: WardenHost): Promise<string[]> {
  const removed: string[] = [];
  const keys = new Set([
    ...(await host.records.keys()),
    ...(await host.kernel.listNetns({ directory: netnsDirectory(host.instance) })),
    ...(await host.kernel.listCgroups({ parent: cgroupParent(host.instance) })),
    ...(await ownIds(host)).keys(),
  ]);
  await Promise.all([...keys].map((key) => stopJail(host, key)));

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
    await removeCgroup(host, cgroupName(host.instance, key));
  }
  await removeCgroup(host, cgroupParent(host.instance));
  const table = nftTableName(host.instance);
  for (const found of await host.kernel.listNftTables({})) {
    if (found.table !== table) continue;
    await host.kernel.applyNft({ ruleset: `delete table ${found.family} ${table}\n` });
    removed.push(`table ${found.family} ${table}`);
  }
  await openStorage(host);
  // Limits without a jail would wait for the next one of the same number.
  for (const key of await readdir(host.paths.jails).catch(() => [])) await unboundStorage(host, key);
  for (const key of keys) {
    await host.ids.release({ instance: host.instance, jailKey: key });
    removed.push(`jail ${key}`);
  }
  await rm(`/run/cellblock/${host.instance}`, { recursive: true, force: true });
  host.ids.removeWhenEmpty();
  await removeTree(host.paths.agent);
  removed.push(host.paths.agent);
  return removed;
}

async function stopJail(host: WardenHost, key: string): Promise<void> {
  const { run } = jailPaths(host.paths, key);
  const status = await host.trees.status({ runDirectory: run });
  if (status?.state !== 'running') return;
  await unless(
    host.trees.stop({ runDirectory: run, signal: SIGTERM, timeoutMs: STOP_MS }),
    'ESRCH',
    'ENOENT',
  );
}

async function removeCgroup(host: WardenHost, name: string): Promise<void> {
  for (let tries = 0; tries < 50; tries += 1) {
    await unless(host.kernel.killCgroup({ name }), 'ENOENT');
    if (await unless(host.kernel.removeCgroup({ name }), 'EBUSY', 'ENOENT')) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
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

import { randomBytes } from 'node:crypto';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TreeSpec } from '@cellblock/native/process-tree';
import type { JailSpec } from '@cellblock/shared/host-spec';
import { cgroupName, netnsPath } from '@cellblock/shared/owned-names';
import { closeDevices, limitCgroup } from '../apply/jail-steps.ts';
import { jailPaths } from '../paths.ts';
import { createStorage } from '../storage.ts';
import { treeSpec } from '../tree-spec.ts';
import type { WardenHost } from '../warden-host.ts';
import { takeAway } from './take-away.ts';

/** Tells, in the directory of a jail, that nobody wants to keep it. */
const MARK = 'throw-away';
const KEY_LETTERS = 'abcdefghijklmnopqrstuvwxyz234567';

/** A jail that runs for one question, beside the spec: no pass of the reconciler sees it. */
export interface ThrowAwayJail {
  key: string;
  netns: string;
  tree: TreeSpec;
}

export interface ThrowAwayWishes {
  /** `key` stands in its own paths and kernel names; the spec's is never used. */
  spec: JailSpec;
  /** Makes its network namespace what it is to be; it is there and has `lo` alone. */
  network?: (netns: string) => Promise<void>;
  /** The last word on what `spawn` is given. */
  shape?: (tree: TreeSpec, paths: ReturnType<typeof jailPaths>) => Promise<TreeSpec> | TreeSpec;
}

export function throwAwayKey(): string {
  return [...randomBytes(8)].map((byte) => KEY_LETTERS[byte % 32]).join('');
}

/**
 * Starts a jail by the same way as every other, with ids, storage, control group and network namespace of its
 * own, hands it over, and takes all of it away again, whatever becomes of the use. After a crash in between the next
 * start of the warden takes it away (`sweepThrowAways`).
 */
export async function withThrowAwayJail<T>(
  host: WardenHost,
  wishes: ThrowAwayWishes,
  use: (jail: ThrowAwayJail) => Promise<T>,
): Promise<T> {
  const key = throwAwayKey();
  host.throwAway.add(key);
  try {
    const jail = await start(host, key, wishes);
    return await use(jail);
  } finally {
    await takeAway(host, key).finally(() => host.throwAway.delete(key));
  }
}

async function start(host: WardenHost, key: string, wishes: ThrowAwayWishes): Promise<ThrowAwayJail> {
  const { kernel, instance } = host;
  const paths = jailPaths(host.paths, key);
  const netns = netnsPath(instance, key);
  const spec = { ...wishes.spec, key };
  // The mark comes first: whatever follows it is found by it.
  await mkdir(paths.directory, { recursive: true, mode: 0o700 });
  await writeFile(join(paths.directory, MARK), '');
  await createStorage(host, key);
  const idBase = await host.ids.claim({ instance, jailKey: key, preferred: null });
  const group = cgroupName(instance, key);
  await kernel.createCgroup({ name: group });
  const { limits, devices } = spec.settings;
  const of = { object: `jail/${spec.id}`, cause: spec.cause, jail: key, name: spec.name };
  await limitCgroup(host, { kind: 'cgroup.limits', ...of, limits });
  await closeDevices(host, { kind: 'cgroup.devices', ...of, devices });
  await kernel.createNetns({ path: netns });
  await wishes.network?.(netns);
  const tree = await treeSpec(host, spec, idBase);
  const shaped = (await wishes.shape?.(tree, paths)) ?? tree;
  await host.trees.start(shaped);
  return { key, netns, tree: shaped };
}

/** Takes away what a warden that was killed has left of its throw-away jails. */
export async function sweepThrowAways(host: WardenHost): Promise<void> {
  for (const key of await host.records.keys()) {
    if (!(await stat(join(jailPaths(host.paths, key).directory, MARK)).catch(() => null))) continue;
    await takeAway(host, key).catch((error) =>
      console.error(`what is left of a throw-away jail (${key}) could not be removed:`, error),
    );
  }
}

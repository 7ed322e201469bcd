import { stat } from 'node:fs/promises';
import { isKernelError } from '@cellblock/native/kernel-error';
import { type JailSpec, jailsOf } from '@cellblock/shared/host-spec';
import type { JailState, NetnsState, ProcessState } from '@cellblock/shared/host-state';
import { JAIL_LIMITS, type JailLimits } from '@cellblock/shared/jail-limits';
import type { ResourceLimits } from '@cellblock/shared/jail-spec';
import type { DirectoryStorage } from '@cellblock/shared/jail-storage';
import { cgroupName, netnsPath } from '@cellblock/shared/owned-names';
import { NETNS_SETTINGS } from '@cellblock/shared/plan/settings';
import { dataDisk } from '../data-disk.ts';
import { devicesOf } from '../device-rules.ts';
import { isMounted } from '../file-storage.ts';
import type { JailRecord } from '../jail-records.ts';
import { jailPaths } from '../paths.ts';
import { isBound } from '../project-storage.ts';
import { restartAfter } from '../restart-policy.ts';
import type { WardenHost } from '../warden-host.ts';
import { readSetting } from './observe-host.ts';

interface Found {
  key: string;
  idBase: number | null;
  pinned: boolean;
  grouped: boolean;
  recorded: boolean;
  /** the storage of all jails is closed to the host's users */
  safe: boolean;
  /** its storage is a file system of its own */
  onFile: boolean;
  /** what its directory is to hold at most; null: whatever there is */
  bounded: DirectoryStorage | null;
}

export async function observeJail(host: WardenHost, found: Found): Promise<JailState> {
  const { key } = found;
  const [storage, cgroup, netns, process] = await Promise.all([
    observeStorage(host, found),
    found.grouped ? observeCgroup(host, key) : null,
    found.pinned ? observeNetns(host, netnsPath(host.instance, key)) : null,
    found.recorded ? observeProcess(host, key) : null,
  ]);
  return {
    key,
    idBase: found.idBase,
    storage,
    cgroup,
    netns,
    process,
  };
}

async function observeCgroup(host: WardenHost, key: string): Promise<JailState['cgroup']> {
  const name = cgroupName(host.instance, key);
  const group = await host.kernel.readCgroup({ name, device: await dataDisk(host) });
  if (!group) return null;
  const limits = JAIL_LIMITS.map((limit) => [limit, group.limits[limit] ?? null] as const);
  return {
    whole: group.whole,
    limits: Object.fromEntries(limits) as JailLimits,
    ...(group.devices === undefined ? {} : { devices: devicesOf(group.devices) }),
  };
}

async function observeStorage(
  host: WardenHost,
  { key, safe, onFile, bounded }: Found,
): Promise<JailState['storage']> {
  const { storage, directory, gone } = jailPaths(host.paths, key);
  const [inner, above] = await Promise.all([
    stat(storage).catch(() => null),
    stat(directory).catch(() => null),
  ]);
  // What was put aside and could not be removed yet is there still.
  if (!inner) return (await stat(gone).catch(() => null)) ? 'unsafe' : 'absent';
  if (onFile && !(await isMounted(host, key))) return 'unsafe';
  if (bounded && !(await isBound(host, key, bounded))) return 'unsafe';
  return safe && above !== null && (above.mode & 0o077) === 0 ? 'safe' : 'unsafe';
}

async function observeNetns(host: WardenHost, netns: string): Promise<NetnsState | null> {
  try {
    const [links, addresses, routes, settings] = await Promise.all([
      host.kernel.listLinks({ netns }),
      host.kernel.listAddresses({ netns }),
      host.kernel.listRoutes({ netns }),
      Promise.all(
        Object.keys(NETNS_SETTINGS).map(async (key) => [key, await readSetting(host, key, netns)] as const),
      ),
    ]);
    return {
      settings: Object.fromEntries(settings),
      links: links
        .filter((link) => link.kind !== 'loopback' && link.name !== 'lo')
        .map(({ name, mac, up }) => ({ name, mac, up })),
      addresses: addresses.filter(({ link }) => link !== 'lo'),
      routes: routes.map(({ destination, gateway, link }) => ({
        destination,
        gateway: gateway ?? null,
        link,
      })),
    };
  } catch (error) {
    // It is being unpinned: the mount is gone, its file may still be there.
    if (isKernelError(error, 'ENOENT', 'EINVAL')) return null;
    throw error;
  }
}

/** Joins what the keeper says with our record of the start; judges an end once, and remembers the verdict. */
async function observeProcess(host: WardenHost, key: string): Promise<ProcessState | null> {
  const seen = await host.records.read(key);
  if (!seen) return null;
  const tree = await host.trees.status({ runDirectory: jailPaths(host.paths, key).run });
  if (!tree) return null;
  // The start was written down and has not happened: what is there is the run before.
  if (!seen.started && tree.startedAt === seen.previous) return null;
  const started = { ...seen, started: true };
  const record = tree.state === 'running' ? started : judged(host, key, started, tree);
  if (JSON.stringify(record) !== JSON.stringify(seen)) await host.records.replace(key, seen, record);
  return {
    state: tree.state,
    startNumber: record.startNumber,
    pid: tree.init?.pid ?? null,
    startedAt: tree.startedAt,
    exit: tree.exit,
    restarts: record.restarts,
    restartAt: tree.state === 'running' ? null : record.restartAt,
    resourceLimits: tree.resourceLimits as ResourceLimits | null,
  };
}

type End = { startedAt: string; exit: ProcessState['exit'] };

function judged(host: WardenHost, key: string, record: JailRecord, tree: End): JailRecord {
  const spec = jailsOf(host.spec()).find((jail) => jail.key === key);
  if (spec?.wanted !== 'running' || spec.startNumber > record.startNumber) return record;
  const mark = `${tree.startedAt} ${host.bootId}`;
  if (record.judged === mark) return record;
  const verdict = restartOf(host, spec, record, tree);
  return {
    ...record,
    judged: mark,
    restartAt: verdict?.at ?? null,
    restarts: verdict?.restarts ?? record.restarts,
  };
}

/** After a reboot `boot` decides, whatever the end was like: the host took the jail down, not the jail. */
function restartOf(
  host: WardenHost,
  spec: JailSpec,
  record: JailRecord,
  tree: End,
): { at: string; restarts: number } | null {
  const now = host.now().toISOString();
  if (record.bootId !== host.bootId) return spec.settings.boot ? { at: now, restarts: 0 } : null;
  return restartAfter(spec.settings.restart, {
    exit: tree.exit,
    startedAt: tree.startedAt,
    endedAt: tree.exit?.at ?? now,
    restarts: record.restarts,
  });
}

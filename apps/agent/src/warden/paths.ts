import { join } from 'node:path';

/** Every path of the agent below its data directory, and the two that are the kernel's and not ours. */
export interface WardenPaths {
  data: string;
  /** root's alone, 0700 */
  agent: string;
  key: string;
  host: string;
  ledger: string;
  receipts: string;
  jails: string;
  /** trees that jails share as their roots, by digest */
  images: string;
  holds: string;
  /** which jail may see the processes of which, until when */
  sights: string;
  bounds: string;
  run: string;
  dialerSocket: string;
  localSocket: string;
  dialerFile: string;
  /** ranges of host ids, shared by every agent on this kernel */
  ids: string;
}

const DEFAULT_DATA = '/var/lib/cellblock';

export function wardenPaths(data: string, ids = '/run/cellblock/ids'): WardenPaths {
  const agent = join(data, 'agent');
  const run = join(data, 'run', 'warden');
  return {
    data,
    agent,
    key: join(agent, 'key.pem'),
    host: join(agent, 'host.json'),
    ledger: join(agent, 'ledger'),
    receipts: join(agent, 'receipts'),
    jails: join(agent, 'jails'),
    images: join(agent, 'images'),
    holds: join(agent, 'holds.json'),
    sights: join(agent, 'sights.json'),
    bounds: data === DEFAULT_DATA ? '/etc/cellblock/bounds.d' : join(data, 'bounds.d'),
    run,
    dialerSocket: join(run, 'dialer.sock'),
    localSocket: join(run, 'local.sock'),
    dialerFile: join(run, 'dialer.json'),
    ids,
  };
}

/** What belongs to one jail. */
export interface JailPaths {
  directory: string;
  record: string;
  /** keeper's socket, status and console */
  run: string;
  /** the jail's own files, or its unpacked root */
  storage: string;
  /** a file system in a file, mounted at `storage`, for jails that have one of their own */
  fileSystem: string;
  /** processes of other jails that it may see; the jail has it read only */
  seen: string;
  /** a tmpfs in place of `storage`, for jails that keep nothing */
  ephemeral: string;
  /** where `directory` is put aside to be removed */
  gone: string;
}

export const GONE = '.gone-';

export function jailPaths(paths: WardenPaths, jailKey: string): JailPaths {
  const directory = join(paths.jails, jailKey);
  return {
    directory,
    record: join(directory, 'record.json'),
    run: join(directory, 'run'),
    storage: join(directory, 'storage'),
    fileSystem: join(directory, 'storage.img'),
    seen: join(directory, 'seen'),
    ephemeral: join(directory, 'ephemeral'),
    gone: join(paths.jails, `${GONE}${jailKey}`),
  };
}

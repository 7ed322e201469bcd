import type { WardenHost } from './warden-host.ts';

const known = new WeakMap<WardenHost, Promise<string | null>>();

/** The disk that the data directory, and so the storage of jails, lies on, `MAJOR:MINOR`; null: on none. A directory
 *  does not change its disk while an agent runs from it. */
export function dataDisk(host: WardenHost): Promise<string | null> {
  const asked = known.get(host) ?? host.kernel.diskOf({ path: host.paths.data }).catch(() => null);
  known.set(host, asked);
  return asked;
}

import { statSync } from 'node:fs';
import type { WardenHost } from '../warden-host.ts';

/**
 * Finding F3: files that a jail makes setuid are real on disk. Two barriers, both looked at before every
 * start: nobody but root enters the directory above, and the host's own view is nosuid and nodev.
 */
export async function storageIsSafe(host: WardenHost): Promise<boolean> {
  const { agent, jails, images } = host.paths;
  const above = statSync(agent, { throwIfNoEntry: false });
  if (!above || (above.mode & 0o077) !== 0) return false;
  return (await isClosed(host, jails)) && (await isClosed(host, images));
}

/** Is what lies at `place` honoured by the host neither as setuid nor as a device? */
export async function isClosed(host: WardenHost, place: string): Promise<boolean> {
  const mount = (await host.kernel.listMounts({ under: place })).findLast(({ target }) => target === place);
  return ['nosuid', 'nodev'].every((option) => mount?.options.includes(option));
}

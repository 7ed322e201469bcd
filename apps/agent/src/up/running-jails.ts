import type { DataDirectory } from '@cellblock/shared/data-directory';
import type { HostStatus } from '@cellblock/shared/host-status';
import { askLocalAgent } from './ask-local-agent.ts';

/** Names of the jails that run on this host, from its agent; null when that does not answer within 3 s. */
export async function runningJails(place: DataDirectory): Promise<string[] | null> {
  const status = await askLocalAgent<HostStatus>(place, 'status', 'get');
  return status?.jails.filter((jail) => jail.state === 'running').map((jail) => jail.name) ?? null;
}

import type { WardenHost } from '../warden-host.ts';

/** Jail key → first host id, of this agent's jails. */
export async function ownIds(host: Pick<WardenHost, 'ids' | 'instance'>): Promise<Map<string, number>> {
  const claims = await host.ids.list();
  return new Map(
    claims.filter((claim) => claim.instance === host.instance).map(({ jailKey, base }) => [jailKey, base]),
  );
}

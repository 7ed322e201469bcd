import { AppError } from '@cellblock/shared/app-error';
import type { Tx } from '../db.ts';
import { type FoundNetwork, findHost, findNetwork, networkParts } from '../find-object.ts';
import { networkOfAddress } from '../ip-assignments/network-for.ts';
import { hostsReached, reaches } from '../networks/reach.ts';

export type Host = Awaited<ReturnType<typeof findHost>>;

/** The host named, else the network's one host, else the only host. */
export async function placeHost(
  tx: Tx,
  input: { host?: string | undefined },
  network: FoundNetwork | null,
): Promise<Host> {
  const host = input.host !== undefined ? await findHost(tx, input.host) : await onlyHost(tx, network);
  if (host.state === 'ready') return host;
  throw new AppError(
    'conflict',
    `Host ${host.name} is ${host.state === 'waiting' ? 'not approved yet' : host.state}.`,
    {
      field: 'host',
      cause: 'Nothing is placed on a host that an administrator has not approved.',
      fix: `Compare its fingerprint, then: cellblock host approve ${host.name}`,
    },
  );
}

async function onlyHost(tx: Tx, network: FoundNetwork | null): Promise<Host> {
  const hosts = network
    ? await hostsReached(tx, network)
    : await tx.host.findMany({ where: { state: { not: 'removed' } }, orderBy: { name: 'asc' } });
  const only = hosts[0];
  if (only && hosts.length === 1) return only;
  const names = hosts.map(({ name }) => name);
  const where = network ? `network ${network.name} reaches` : 'there is';
  throw new AppError(
    'invalid',
    only ? `Which host? There are ${names.join(', ')}.` : `No host: ${where} none.`,
    {
      field: 'host',
      cause: only
        ? 'More than one could take it.'
        : 'No agent has been enrolled, or none of them has the bridge.',
      fix: only ? 'Name it: --host NAME' : 'Enroll one: cellblock host enroll',
      evidence: { hosts: names },
    },
  );
}

/** The network named, else the one of the first address; undefined: it depends on the host. */
export async function namedNetwork(
  tx: Tx,
  input: { network?: string | null | undefined; addresses?: string[] | undefined },
): Promise<FoundNetwork | undefined> {
  if (typeof input.network === 'string') return await findNetwork(tx, input.network);
  const first = input.addresses?.[0];
  return first === undefined ? undefined : ((await networkOfAddress(tx, first)) ?? undefined);
}

/** The only network that reaches a host. */
export async function onlyNetwork(tx: Tx, host: Host): Promise<FoundNetwork> {
  const all = await tx.network.findMany({
    where: { removedAt: null, wanted: 'present' },
    include: networkParts,
    orderBy: { name: 'asc' },
  });
  const possible = all.filter((network) => reaches(network, host));
  const only = possible[0];
  if (only && possible.length === 1) return only;
  const names = possible.map(({ name }) => name);
  throw new AppError(
    'invalid',
    only
      ? `Which network? ${names.join(', ')} reach host ${host.name}.`
      : `No network reaches host ${host.name}.`,
    {
      field: 'network',
      cause: only ? 'There is more than one.' : 'A jail has its addresses from a network.',
      fix: only
        ? 'Name it: --network NAME, or --network none'
        : `Make one: cellblock network create lan --kind bridge --subnet 10.20.0.0/24 --nat --host ${host.name}; or --network none`,
      evidence: { networks: names },
    },
  );
}

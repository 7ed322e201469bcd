import { AppError } from '@cellblock/shared/app-error';
import { prefixContains } from '@cellblock/shared/subnet';
import type { Tx } from '../db.ts';
import { type FoundJail, type FoundNetwork, findNetwork, networkParts } from '../find-object.ts';
import { reaches } from '../networks/reach.ts';

/** The network whose subnet holds an address; null: none does. Subnets never overlap, so it is one at most. */
export async function networkOfAddress(tx: Tx, address: string): Promise<FoundNetwork | null> {
  const networks = await tx.network.findMany({ where: { removedAt: null }, include: networkParts });
  return (
    networks.find((network) => network.subnets.some(({ prefix }) => prefixContains(prefix, address))) ?? null
  );
}

/** The network that a jail is to have an address of: named, or the address's, or the only possible one. */
export async function networkFor(
  tx: Tx,
  jail: FoundJail,
  input: { address?: string | undefined; network?: string | undefined; interface?: string | undefined },
): Promise<FoundNetwork> {
  const network = await chosenNetwork(tx, jail, input);
  if (network.wanted !== 'present') {
    throw new AppError('conflict', `Network ${network.name} is being removed.`, {
      field: 'network',
      cause: 'Its host is taking it down.',
      fix: 'Choose another network.',
    });
  }
  mustReach(network, jail);
  return network;
}

/** Refuses a network that the jail's host does not carry. */
export function mustReach(
  network: FoundNetwork,
  jail: Pick<FoundJail, 'name' | 'host'>,
  field = 'network',
): void {
  if (reaches(network, jail.host)) return;
  const only = network.host ? `reaches host ${network.host.name} only` : `needs bridge ${network.parent}`;
  throw new AppError('conflict', `Network ${network.name} does not reach ${jail.name}.`, {
    field,
    cause: `${network.name} ${only}, and ${jail.name} is on host ${jail.host.name}.`,
    fix: network.parent
      ? `Make bridge ${network.parent} on host ${jail.host.name}, or choose another network.`
      : `Choose a jail of that host, or a network of host ${jail.host.name}: cellblock network ls`,
    evidence: { network: network.name, host: jail.host.name },
  });
}

async function chosenNetwork(
  tx: Tx,
  jail: FoundJail,
  input: { address?: string | undefined; network?: string | undefined; interface?: string | undefined },
): Promise<FoundNetwork> {
  if (input.network !== undefined) return await findNetwork(tx, input.network);
  if (input.address !== undefined) {
    const network = await networkOfAddress(tx, input.address);
    if (network) return network;
    throw new AppError('invalid', `${input.address} lies in no network.`, {
      field: 'address',
      cause: 'An address is given from a pool of a network.',
      fix: 'See the networks and their subnets: cellblock network ls',
      evidence: { kind: 'outside-pool', address: input.address, next: null },
    });
  }
  const inside = jail.interfaces.filter(
    ({ name }) => input.interface === undefined || name === input.interface,
  );
  const ids = new Set(inside.map(({ networkId }) => networkId));
  if (ids.size === 1) return await findNetwork(tx, [...ids][0] ?? '');
  const all = await tx.network.findMany({
    where: { removedAt: null, wanted: 'present', ...(ids.size > 0 && { id: { in: [...ids] } }) },
    include: networkParts,
    orderBy: { name: 'asc' },
  });
  const possible = all.filter((network) => reaches(network, jail.host));
  const only = possible[0];
  if (only && possible.length === 1) return only;
  const names = possible.map(({ name }) => name).join(', ');
  throw new AppError(
    'invalid',
    names ? `Which network? ${names} reach ${jail.name}.` : `No network reaches ${jail.name}.`,
    {
      field: 'network',
      cause: names ? 'There is more than one.' : `Host ${jail.host.name} has none.`,
      fix: names
        ? 'Name it: --network NAME'
        : `Make one: cellblock network create lan --kind bridge --subnet 10.20.0.0/24 --nat --host ${jail.host.name}`,
      evidence: { networks: possible.map(({ name }) => name) },
    },
  );
}

import { randomUUID } from 'node:crypto';
import { AppError } from '@cellblock/shared/app-error';
import type { Tx } from '../db.ts';
import type { FoundJail, FoundNetwork } from '../find-object.ts';
import { interfaceMac, objectKey } from '../object-key.ts';

/** The jail's interface on a network; a new one when it has none there, or none of that name at all. */
export async function interfaceOn(
  tx: Tx,
  jail: Pick<FoundJail, 'id' | 'name' | 'interfaces'>,
  network: Pick<FoundNetwork, 'id' | 'name'>,
  name: string | undefined,
): Promise<{ id: string; name: string }> {
  const named = name === undefined ? undefined : jail.interfaces.find((inside) => inside.name === name);
  if (named && named.networkId !== network.id) {
    throw new AppError('conflict', `${jail.name}'s ${name} is on network ${named.network.name}.`, {
      field: 'interface',
      cause: `An interface is on one network, and the address is of ${network.name}.`,
      fix: 'Leave the interface out: the one on that network is taken, or a new one is made.',
    });
  }
  const present =
    name === undefined ? jail.interfaces.find(({ networkId }) => networkId === network.id) : named;
  if (present) return present;
  const free = name ?? nextName(jail.interfaces.map((inside) => inside.name));
  if (!/^[a-z][a-z0-9]{0,14}$/.test(free)) {
    throw new AppError('invalid', `${free} cannot name an interface.`, {
      field: 'interface',
      cause: 'A name is a lower-case letter and up to 14 letters or digits.',
      fix: 'eth0, eth1, …',
    });
  }
  const id = randomUUID();
  const data = {
    id,
    key: objectKey(id, 6),
    jailId: jail.id,
    name: free,
    networkId: network.id,
    mac: interfaceMac(id),
  };
  await tx.jailInterface.create({ data });
  return { id, name: free };
}

function nextName(taken: readonly string[]): string {
  for (let number = 0; ; number += 1) if (!taken.includes(`eth${number}`)) return `eth${number}`;
}

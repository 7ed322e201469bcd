import { AppError } from '@cellblock/shared/app-error';
import { ipFamily } from '@cellblock/shared/ip-address';
import type { AssignIpInput } from '@cellblock/shared/ip-assignment';
import type { AddressView } from '@cellblock/shared/views/address-view';
import { type Change, changeFleet } from '../change-fleet.ts';
import { findJail, findNetwork, findPool } from '../find-object.ts';
import { interfaceOn } from '../jails/jail-interface.ts';
import { mustBeThere } from '../jails/must-be-there.ts';
import type { VerbContext } from '../verb-context.ts';
import { readAddress } from './address-view.ts';
import { addressWant } from './address-want.ts';
import { giveAddress } from './give-address.ts';
import { networkFor } from './network-for.ts';

/** Gives a jail an address: the one asked for, or the next free one. It is assigned when its host says so. */
export async function assignIp(ctx: VerbContext, input: AssignIpInput): Promise<Change<AddressView>> {
  return await changeFleet(ctx, { kind: 'ip.assign', dryRun: input.dryRun ?? false }, async (work) => {
    const { tx } = work;
    const { hostId } = await findJail(tx, input.jail);
    const hosts = await work.changeHosts([hostId]);
    const jail = await findJail(tx, input.jail);
    mustBeThere(jail);
    const pool = input.pool === undefined ? null : await findPool(tx, input.pool);
    const network = pool
      ? await networkFor(tx, jail, { network: pool.networkId })
      : await networkFor(tx, jail, input);
    if (pool && input.network !== undefined && (await findNetwork(tx, input.network)).id !== network.id) {
      throw new AppError('invalid', `Pool ${pool.name} is not of network ${input.network}.`, {
        field: 'pool',
        cause: `It is of network ${network.name}.`,
        fix: 'Name one of the two only.',
      });
    }
    const inside = await interfaceOn(tx, jail, network, input.interface);
    const poolRow = pool ? network.pools.find(({ id }) => id === pool.id) : undefined;
    const families = (poolRow ? [poolRow] : network.pools).map(({ first }) => ipFamily(first));
    const family = input.family ?? (families.includes('v4') ? 'v4' : (families[0] ?? 'v4'));
    const given = await giveAddress(
      work,
      { jail, host: jail.host, interface: inside },
      { network, pool: poolRow, family },
      input.address,
    );
    return {
      object: { type: 'address', id: given.address, name: given.address },
      host: jail.host,
      summary: `assigned ${given.address} to ${jail.name}`,
      before: null,
      after: { address: given.address, jail: jail.name, interface: inside.name, network: network.name },
      wants: [addressWant(jail, hosts, given.id)],
      topics: [`jail/${jail.id}`, `network/${network.id}`, `address/${given.address}`],
      addresses: [given.address],
      ...(jail.wanted === 'stopped' && {
        warnings: [`${jail.name} is stopped: the address is given when it starts.`],
      }),
      show: (db) => readAddress(db, given.address),
    };
  });
}

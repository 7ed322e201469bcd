import { AppError } from '@cellblock/shared/app-error';
import { ipFamily } from '@cellblock/shared/ip-address';
import { jailCan } from '@cellblock/shared/jail-can';
import type { JailActInput } from '@cellblock/shared/jail-input';
import { findNetwork } from '../find-object.ts';
import { type GivenAddress, giveAddress } from '../ip-assignments/give-address.ts';
import type { VerbContext } from '../verb-context.ts';
import { actOnJail, wantJail } from './act-on-jail.ts';

/**
 * Brings a destroyed jail back, with those of its addresses that nobody else has got since: stopped, or as
 * it was before it was destroyed.
 */
export function restoreJail(
  ctx: VerbContext,
  input: JailActInput,
  as: { state: 'running' | 'stopped' | 'destroyed'; startNumber?: number } = { state: 'stopped' },
) {
  return actOnJail(ctx, input, {
    kind: 'jail.restore',
    can: jailCan.restore,
    done: (name) => `restored ${name}`,
    change: async (work, jail, host) => {
      const had = await work.tx.ipAssignment.findMany({
        where: { jailId: jail.id, releaseEvent: jail.cause },
        orderBy: { wantedFrom: 'asc' },
      });
      const given: GivenAddress[] = [];
      const warnings: string[] = [];
      for (const row of had) {
        try {
          const network = await findNetwork(work.tx, row.networkId);
          const taker = { jail, host, interface: { id: row.interfaceId, name: row.interfaceName } };
          given.push(await giveAddress(work, taker, { network, family: ipFamily(row.address) }, row.address));
        } catch (error) {
          if (!(error instanceof AppError)) throw error;
          warnings.push(`${row.address} is not given back: ${error.message}`);
        }
      }
      const wants = await wantJail(work, jail, host, as);
      return {
        before: { wanted: 'destroyed' },
        after: { wanted: as.state, addresses: given.map(({ address }) => address), notGivenBack: warnings },
        wants,
        addresses: given.map(({ address }) => address),
        topics: had.map(({ address }) => `address/${address}`),
        warnings,
      };
    },
  });
}

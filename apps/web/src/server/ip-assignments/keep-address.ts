import { AppError } from '@cellblock/shared/app-error';
import type { AddressView } from '@cellblock/shared/views/address-view';
import { type Change, changeFleet } from '../change-fleet.ts';
import { findJail } from '../find-object.ts';
import { mustBeThere } from '../jails/must-be-there.ts';
import type { VerbContext } from '../verb-context.ts';
import { readAddress } from './address-view.ts';
import { addressWant } from './address-want.ts';

/**
 * A jail that was to lose an address, by a release or a move, keeps it: its interval goes on, and nobody
 * comes after it. Only while its host has not confirmed that the address is gone.
 */
export async function keepAddress(
  ctx: VerbContext,
  input: { assignment: string; dryRun?: boolean },
): Promise<Change<AddressView>> {
  return await changeFleet(ctx, { kind: 'ip.assign', dryRun: input.dryRun ?? false }, async (work) => {
    const { tx } = work;
    const where = { id: input.assignment };
    const before = await tx.ipAssignment.findUniqueOrThrow({ where });
    const hosts = await work.changeHosts(
      before.successorHostId ? [before.hostId, before.successorHostId] : [before.hostId],
    );
    const row = await tx.ipAssignment.findUniqueOrThrow({ where });
    const jail = await findJail(tx, row.jailId);
    mustBeThere(jail);
    if (row.seenGone !== null) {
      throw new AppError('conflict', `${jail.name} has lost ${row.address} already.`, {
        field: 'address',
        cause: `Host ${row.hostName} confirmed it at ${row.seenGone.toISOString()}.`,
        fix: `Assign it anew: cellblock ip assign ${jail.name} ${row.address}`,
      });
    }
    await tx.ipAssignment.update({
      where,
      data: {
        wantedUntil: null,
        releaseEvent: null,
        releasedBy: null,
        releaseGeneration: null,
        assignEvent: work.event,
        ...NO_SUCCESSOR,
      },
    });
    const next = row.successorJailName;
    return {
      object: { type: 'address', id: row.address, name: row.address },
      host: jail.host,
      summary: `kept ${row.address} with ${jail.name}`,
      before: { address: row.address, jail: jail.name, wanted: 'absent', next },
      after: { address: row.address, jail: jail.name, wanted: 'present', next: null },
      wants: [addressWant(jail, hosts, row.id)],
      topics: [
        `jail/${jail.id}`,
        ...(row.successorJailId ? [`jail/${row.successorJailId}`] : []),
        `network/${row.networkId}`,
        `address/${row.address}`,
      ],
      show: (db) => readAddress(db, row.address),
    };
  });
}

const NO_SUCCESSOR = {
  successorId: null,
  successorJailId: null,
  successorJailName: null,
  successorInterfaceId: null,
  successorInterfaceName: null,
  successorHostId: null,
  successorHostName: null,
  successorWantedFrom: null,
  successorEvent: null,
  successorBy: null,
};

import { AppError } from '@cellblock/shared/app-error';
import type { MoveIpInput } from '@cellblock/shared/ip-assignment';
import type { AddressView } from '@cellblock/shared/views/address-view';
import { newEventId } from '../audit/event-id.ts';
import { type Change, changeFleet } from '../change-fleet.ts';
import { findJail, findNetwork } from '../find-object.ts';
import { interfaceOn } from '../jails/jail-interface.ts';
import { mustBeThere } from '../jails/must-be-there.ts';
import type { VerbContext } from '../verb-context.ts';
import { readAddress } from './address-view.ts';
import { addressWant } from './address-want.ts';
import { mustReach } from './network-for.ts';

/**
 * Moves an address to another jail: no second interval is opened, the successor is written on the open one.
 * On one host it gets the address in the same pass, removal first; from another host only when that host
 * has confirmed that it is gone. A move skips cooling.
 */
export async function moveIp(ctx: VerbContext, input: MoveIpInput): Promise<Change<AddressView>> {
  const { address } = input;
  return await changeFleet(ctx, { kind: 'ip.move', dryRun: input.dryRun ?? false }, async (work) => {
    const { tx } = work;
    const target = await findJail(tx, input.jail);
    const holding = await tx.ipAssignment.findFirst({ where: { address, seenGone: null } });
    if (!holding) throw nobodyHasIt(address, target.name);
    const hosts = await work.changeHosts([holding.hostId, target.hostId]);
    const row = await tx.ipAssignment.findUniqueOrThrow({ where: { id: holding.id } });
    const jail = await findJail(tx, input.jail);
    mustBeThere(jail);
    if (row.jailId === jail.id) {
      throw new AppError('conflict', `${jail.name} has ${address} already.`, {
        field: 'jail',
        cause: 'It is where it is to go.',
        fix: 'Nothing is to be done.',
      });
    }
    if (row.wantedUntil !== null || row.seenGone !== null) throw onItsWay(row);
    const network = await findNetwork(tx, row.networkId);
    mustReach(network, jail, 'jail');
    const inside = await interfaceOn(tx, jail, network, undefined);
    const successor = newEventId();
    await tx.ipAssignment.update({
      where: { id: row.id },
      data: {
        wantedUntil: work.now,
        releaseEvent: work.event,
        releasedBy: work.by,
        releaseGeneration: hosts.get(row.hostId)?.generation ?? 0,
        successorId: successor,
        successorJailId: jail.id,
        successorJailName: jail.name,
        successorInterfaceId: inside.id,
        successorInterfaceName: inside.name,
        successorHostId: jail.hostId,
        successorHostName: jail.host.name,
        successorWantedFrom: work.now,
        successorEvent: work.event,
        successorBy: work.by,
      },
    });
    return {
      object: { type: 'address', id: address, name: address },
      host: jail.host,
      summary: `moved ${address} from ${row.jailName} to ${jail.name}`,
      before: { address, jail: row.jailName, interface: row.interfaceName, host: row.hostName },
      after: { address, jail: jail.name, interface: inside.name, host: jail.host.name },
      wants: [{ type: 'address', id: row.id, want: 'absent' }, addressWant(jail, hosts, successor)],
      topics: [`jail/${row.jailId}`, `jail/${jail.id}`, `network/${network.id}`, `address/${address}`],
      addresses: [address],
      warnings:
        row.hostId === jail.hostId
          ? []
          : [`${jail.name} gets ${address} when host ${row.hostName} has confirmed that it is gone there.`],
      show: (db) => readAddress(db, address),
    };
  });
}

function nobodyHasIt(address: string, jail: string): AppError {
  return new AppError('not-found', `No jail has ${address}.`, {
    field: 'address',
    cause: 'Only an address that a jail has can be moved.',
    fix: `Assign it: cellblock ip assign ${jail} ${address}`,
  });
}

function onItsWay(row: {
  address: string;
  jailName: string;
  hostName: string;
  successorJailName: string | null;
}): AppError {
  const where = row.successorJailName
    ? `moving from ${row.jailName} to ${row.successorJailName}`
    : `being taken back from ${row.jailName}`;
  return new AppError('conflict', `${row.address} is ${where}.`, {
    field: 'address',
    cause: `Host ${row.hostName} has not confirmed that it is gone.`,
    fix: `Wait for host ${row.hostName}, then move it on.`,
  });
}

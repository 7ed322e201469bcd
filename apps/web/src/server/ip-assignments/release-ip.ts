import { AppError } from '@cellblock/shared/app-error';
import type { ReleaseIpInput } from '@cellblock/shared/ip-assignment';
import { roleCan } from '@cellblock/shared/role';
import type { AddressView } from '@cellblock/shared/views/address-view';
import { type Change, changeFleet, type Work } from '../change-fleet.ts';
import type { Tx } from '../db.ts';
import { findJail } from '../find-object.ts';
import type { VerbContext } from '../verb-context.ts';
import { readAddress } from './address-view.ts';
import { endInterval } from './end-interval.ts';

/**
 * Takes an address back. It is *releasing*, and nobody else can have it, until its host confirms that it is
 * gone, however long that host is silent. An administrator may close it without the host's word.
 */
export async function releaseIp(ctx: VerbContext, input: ReleaseIpInput): Promise<Change<AddressView>> {
  const force = input.forceUnconfirmed ?? false;
  const reason = input.reason?.trim() ?? '';
  if (force) mayForce(ctx, reason);
  return await changeFleet(ctx, { kind: 'ip.release', dryRun: input.dryRun ?? false }, async (work) => {
    const { tx } = work;
    const jail = await findJail(tx, input.jail);
    const before = await openInterval(tx, jail, input.address);
    // A forced end gives a moving address to its successor's host.
    const hosts = await work.changeHosts(
      force && before.successorHostId ? [jail.hostId, before.successorHostId] : [jail.hostId],
    );
    const row = await openInterval(tx, jail, input.address);
    if (row.wantedUntil !== null && !force) throw alreadyReleasing(row);
    const generation = hosts.get(jail.hostId)?.generation ?? 0;
    await release(work, row, generation);
    if (force) await endInterval(tx, row.id, { by: work.by, reason });
    return {
      object: { type: 'address', id: input.address, name: input.address },
      host: jail.host,
      summary: force
        ? `released ${input.address} from ${jail.name} without the word of host ${jail.host.name}`
        : `released ${input.address} from ${jail.name}`,
      before: { address: input.address, jail: jail.name, interface: row.interfaceName },
      after: null,
      reason: reason || null,
      wants: force ? [] : [{ type: 'address', id: row.id, want: 'absent' }],
      topics: [`jail/${jail.id}`, `network/${row.networkId}`, `address/${input.address}`],
      warnings: force
        ? [`If host ${jail.host.name} still carries ${input.address}, two jails may answer on it.`]
        : [],
      show: (db) => readAddress(db, input.address),
    };
  });
}

/** The host's new spec wants it gone; an interval that is already being taken back keeps its first moment. */
async function release(
  work: Work,
  row: { id: string; wantedUntil: Date | null },
  generation: number,
): Promise<void> {
  if (row.wantedUntil !== null) return;
  await work.tx.ipAssignment.update({
    where: { id: row.id },
    data: {
      wantedUntil: work.now,
      releaseEvent: work.event,
      releasedBy: work.by,
      releaseGeneration: generation,
    },
  });
}

/** A jail's open interval of an address; says who has it when this jail does not. */
export async function openInterval(tx: Tx, jail: { id: string; name: string }, address: string) {
  const row = await tx.ipAssignment.findFirst({ where: { address, seenGone: null } });
  if (row?.jailId === jail.id) return row;
  throw new AppError('not-found', `${jail.name} does not have ${address}.`, {
    field: 'address',
    cause: row ? `${row.jailName} has it.` : 'No jail has it.',
    fix: row
      ? `cellblock ip release ${row.jailName} ${address}`
      : `See who had it: cellblock ip history ${address}`,
    evidence: { holder: row ? { id: row.jailId, name: row.jailName } : null },
  });
}

function alreadyReleasing(row: {
  address: string;
  jailName: string;
  hostName: string;
  wantedUntil: Date | null;
  successorJailName: string | null;
}): AppError {
  return new AppError('conflict', `${row.address} is already being taken back from ${row.jailName}.`, {
    field: 'address',
    cause: `Wanted gone since ${row.wantedUntil?.toISOString()}; host ${row.hostName} has not confirmed it${row.successorJailName ? `, then ${row.successorJailName} gets it` : ''}.`,
    fix: `Wait for host ${row.hostName}; an administrator may close it without the host's word: cellblock ip release ${row.jailName} ${row.address} --force-unconfirmed --reason TEXT`,
  });
}

function mayForce(ctx: VerbContext, reason: string): void {
  if (ctx.role === null || !roleCan(ctx.role, 'administer')) {
    throw new AppError('denied', 'Only an administrator closes an address without its host.', {
      field: 'forceUnconfirmed',
      cause: 'The host may still carry it, and then two jails answer on one address.',
      fix: 'Ask an administrator, or wait for the host.',
    });
  }
  if (reason === '') {
    throw new AppError('invalid', 'A forced release needs a reason.', {
      field: 'reason',
      cause: 'It stays marked in the history for whoever finds two holders later.',
      fix: '--reason "host h3 burned down"',
    });
  }
}

import { AppError } from '@cellblock/shared/app-error';
import type { NetworkView } from '@cellblock/shared/views/network-view';
import { type Change, changeFleet } from '../change-fleet.ts';
import { findNetwork } from '../find-object.ts';
import type { VerbContext } from '../verb-context.ts';
import { readNetwork } from './queries.ts';

/** Removes a network that no jail is on. Its history of addresses stays. */
export async function removeNetwork(
  ctx: VerbContext,
  input: { network: string; dryRun?: boolean },
): Promise<Change<NetworkView>> {
  return await changeFleet(ctx, { kind: 'network.remove', dryRun: input.dryRun ?? false }, async (work) => {
    const { tx } = work;
    const { id, hostId } = await findNetwork(tx, input.network);
    const hosts = hostId ? await work.changeHosts([hostId]) : null;
    const network = await findNetwork(tx, id);
    const host = hostId ? (hosts?.get(hostId) ?? null) : null;
    if (network.wanted === 'absent') {
      throw new AppError('conflict', `Network ${network.name} is being removed already.`, {
        field: 'network',
        cause: `Host ${host?.name} has not confirmed that it is gone.`,
        fix: `Wait for host ${host?.name}.`,
      });
    }
    const jails = await tx.jail.findMany({
      where: { goneAt: null, interfaces: { some: { networkId: id } } },
      orderBy: { name: 'asc' },
    });
    const open = await tx.ipAssignment.count({ where: { networkId: id, seenGone: null } });
    if (jails.length > 0 || open > 0) {
      const names = jails.map(({ name }) => name);
      throw new AppError('conflict', `${jails.length} jails are on network ${network.name}.`, {
        field: 'network',
        cause:
          names.length > 0
            ? `They are ${names.slice(0, 10).join(', ')}.`
            : `${open} addresses are not confirmed gone.`,
        fix:
          names.length > 0
            ? `Destroy and purge them: cellblock destroy ${names[0]} --purge`
            : 'Wait for the host.',
        evidence: { jails: names, openAddresses: open },
      });
    }
    const now = work.now;
    await tx.pool.updateMany({ where: { networkId: id, removedAt: null }, data: { removedAt: now } });
    const data = { wanted: 'absent', cause: work.event, generation: host?.generation ?? 0 };
    // Nobody was told of a segment's network without jails: nobody has to confirm.
    await tx.network.update({ where: { id }, data: { ...data, removedAt: host ? null : now } });
    if (!host) await tx.networkSubnet.updateMany({ where: { networkId: id }, data: { live: false } });
    return {
      object: { type: 'network', id, name: network.name },
      host,
      summary: `removed network ${network.name}`,
      before: { name: network.name, subnets: network.subnets.map(({ prefix }) => prefix) },
      after: null,
      wants: host
        ? [{ type: 'network', id, want: 'absent', host: host.id, generation: host.generation }]
        : [],
      topics: [`network/${id}`],
      show: (db) => readNetwork(db, id),
    };
  });
}

import { AppError } from '@cellblock/shared/app-error';
import { CreateNetworkInput } from '@cellblock/shared/network-input';
import type { NetworkView } from '@cellblock/shared/views/network-view';
import { type Change, changeFleet } from '../change-fleet.ts';
import { findHost } from '../find-object.ts';
import { placeHost } from '../jails/place.ts';
import type { VerbContext } from '../verb-context.ts';
import { makeNetwork } from './make-network.ts';
import { readNetwork } from './queries.ts';
import { hostsReached, reachText, statusOf } from './reach.ts';

/** Makes a network: a bridge of our own on one host, or ports on a bridge that an administrator made. */
export async function createNetwork(
  ctx: VerbContext,
  asked: CreateNetworkInput,
): Promise<Change<NetworkView>> {
  const input = CreateNetworkInput.parse(asked);
  return await changeFleet(ctx, { kind: 'network.create', dryRun: input.dryRun }, async (work) => {
    const { tx } = work;
    const parent = input.parent ?? null;
    // A segment is wherever its bridge is; a bridge of our own is on one host.
    const placed =
      parent === null ? await placeHost(tx, input, null) : input.host ? await findHost(tx, input.host) : null;
    const hosts = placed ? await work.changeHosts([placed.id]) : null;
    const host = placed ? (hosts?.get(placed.id) ?? null) : null;
    const network = await makeNetwork(work, {
      name: input.name,
      subnets: input.subnets,
      nat: input.nat,
      parent,
      gateway: input.gateway ?? null,
      host,
    });
    const reached = await hostsReached(tx, network);
    if (parent !== null) mustAttach(parent, reached, host);
    // Our own bridge is made at once; ports on a parent come with the first jail.
    const made = parent === null && host;
    return {
      object: { type: 'network', id: network.id, name: network.name },
      host,
      summary: `created network ${network.name} (${input.subnets.join(', ')})`,
      before: null,
      after: {
        name: network.name,
        subnets: network.subnets.map(({ prefix, gateway }) => ({ prefix, gateway })),
        nat: network.nat,
        parent,
      },
      wants: made
        ? [{ type: 'network', id: network.id, want: 'present', host: host.id, generation: host.generation }]
        : [],
      topics: [`network/${network.id}`],
      warnings: reached
        .filter((one) => !statusOf(one))
        .map((one) => `Host ${one.name} has never reported: ${reachText(network, reached)}.`),
      show: (db) => readNetwork(db, network.id),
    };
  });
}

/** Refuses a parent that no host has, or that no host's bounds let a network attach to. */
function mustAttach(
  parent: string,
  reached: readonly { name: string; status: unknown }[],
  host: { name: string; status: unknown } | null,
): void {
  if (reached.length === 0) throw noSuchBridge(parent, host);
  if (reached.some((one) => statusOf(one)?.bounds.parents.includes(parent) ?? true)) return;
  const names = reached.map(({ name }) => name).join(', ');
  throw new AppError('denied', `The bounds of host ${names} let no network attach to ${parent}.`, {
    field: 'parent',
    cause: 'A bridge that leads to a real segment is offered by its host, not taken.',
    fix: `As root on the host, add ${parent} to parents in /etc/cellblock/bounds.d (with --data DIR: DIR/bounds.d); the host says so within seconds.`,
  });
}

function noSuchBridge(parent: string, host: { name: string; status: unknown } | null): AppError {
  const bridges = host ? (statusOf(host)?.facts.bridges ?? []) : [];
  return new AppError(
    'conflict',
    `${host ? `Host ${host.name} reports no` : 'No host reports a'} bridge ${parent}.`,
    {
      field: 'parent',
      cause:
        bridges.length > 0
          ? `It has ${bridges.join(', ')}.`
          : 'A parent is a bridge that the administrator made; a new one shows with the host’s next report.',
      fix: `Make it on the host: ip link add ${parent} type bridge && ip link set ${parent} up && ip link set CARD master ${parent}`,
    },
  );
}

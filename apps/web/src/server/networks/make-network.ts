import { randomUUID } from 'node:crypto';
import { AppError } from '@cellblock/shared/app-error';
import { formatIp, ipFamily } from '@cellblock/shared/ip-address';
import { ipValue, knownPrefix, prefixContains, prefixesOverlap, usableRange } from '@cellblock/shared/subnet';
import type { Work } from '../change-fleet.ts';
import type { Tx } from '../db.ts';
import { type FoundNetwork, findNetwork } from '../find-object.ts';
import { objectKey } from '../object-key.ts';
import { subnetInTheWay } from './subnet-in-the-way.ts';

export interface NetworkWish {
  name: string;
  subnets: string[];
  nat: boolean;
  parent: string | null;
  gateway: string | null;
  /** the one host; null: every host that has the parent */
  host: { id: string; name: string; status: unknown; generation: number } | null;
}

/** Writes a network with its subnets, and a pool over all usable addresses of each. */
export async function makeNetwork(work: Work, wish: NetworkWish): Promise<FoundNetwork> {
  const { tx } = work;
  const taken = await tx.network.findFirst({ where: { name: wish.name, removedAt: null } });
  if (taken) {
    throw new AppError('conflict', `A network ${wish.name} exists.`, {
      field: 'name',
      cause:
        taken.wanted === 'absent'
          ? 'Its host has not confirmed yet that it is gone.'
          : 'A name is one network.',
      fix: 'Choose another name.',
    });
  }
  const subnets = wish.subnets.map((prefix) => ({ prefix, gateway: gatewayOf(wish, prefix) }));
  checkGateway(wish);
  await checkSubnets(tx, wish);
  const id = randomUUID();
  await tx.network.create({
    data: {
      id,
      key: objectKey(id, 6),
      name: wish.name,
      parent: wish.parent,
      nat: wish.nat,
      hostId: wish.host?.id ?? null,
      cause: work.event,
      generation: wish.host?.generation ?? 0,
      subnets: { create: subnets.map((subnet, position) => ({ ...subnet, position })) },
      pools: { create: await wholePools(tx, wish, subnets) },
    },
  });
  return await findNetwork(tx, id);
}

/** Our own bridge is the gateway itself, at the first usable address. */
function gatewayOf(wish: NetworkWish, prefix: string): string | null {
  if (wish.parent === null) return usableRange(prefix)?.first ?? null;
  return wish.gateway !== null && prefixContains(prefix, wish.gateway) ? wish.gateway : null;
}

function checkGateway(wish: NetworkWish): void {
  if (wish.parent !== null && wish.nat) {
    throw new AppError(
      'invalid',
      `NAT is for bridges of our own, and ${wish.name} attaches to ${wish.parent}.`,
      {
        field: 'nat',
        cause: 'Jails on a real segment are reached by their own addresses.',
        fix: 'Leave out --nat, or leave out --parent.',
      },
    );
  }
  if (wish.gateway === null) return;
  if (wish.parent === null) {
    throw new AppError('invalid', "A bridge of our own is its jails' gateway itself.", {
      field: 'gateway',
      cause: 'It takes the first usable address of each subnet.',
      fix: 'Leave out --gateway, or name the bridge that leads to the segment: --parent BRIDGE',
    });
  }
  if (!wish.subnets.some((prefix) => prefixContains(prefix, wish.gateway ?? ''))) {
    throw new AppError('invalid', `Gateway ${wish.gateway} lies in none of ${wish.subnets.join(', ')}.`, {
      field: 'gateway',
      cause: 'Jails could not reach it.',
      fix: 'Choose an address of a subnet of this network.',
    });
  }
}

async function checkSubnets(tx: Tx, wish: NetworkWish): Promise<void> {
  const live = await tx.networkSubnet.findMany({ where: { live: true }, include: { network: true } });
  for (const [index, prefix] of wish.subnets.entries()) {
    const field = `subnets.${index}`;
    if (!usableRange(prefix)) {
      throw new AppError('invalid', `${prefix} is too small.`, {
        field,
        cause: 'A subnet needs room for a gateway and a jail.',
        fix: 'At most /30 for IPv4, /126 for IPv6.',
      });
    }
    const before = wish.subnets.slice(0, index).find((other) => prefixesOverlap(prefix, other));
    const other = live.find((subnet) => prefixesOverlap(prefix, subnet.prefix));
    if (before || other) {
      throw new AppError(
        'conflict',
        `${prefix} overlaps ${before ?? `${other?.prefix} of network ${other?.network.name}`}.`,
        {
          field,
          cause: 'An address alone names it everywhere here, so subnets never overlap.',
          fix: 'Choose another subnet: cellblock network ls shows those in use.',
          evidence: { prefix, overlaps: before ?? other?.prefix, network: other?.network.name ?? null },
        },
      );
    }
    if (wish.host) {
      const refusal = subnetInTheWay(wish.host, prefix, wish.parent);
      if (refusal) throw new AppError(refusal.code, refusal.message, { ...refusal, field });
    }
  }
}

/** Range of a pool over a whole subnet. A gateway at its edge is left out, one inside it is kept back. */
async function wholePools(tx: Tx, wish: NetworkWish, subnets: { prefix: string; gateway: string | null }[]) {
  const names = new Set((await tx.pool.findMany({ where: { removedAt: null } })).map(({ name }) => name));
  return subnets.map((subnet) => {
    const { type, last } = knownPrefix(subnet.prefix);
    const usable = usableRange(subnet.prefix) ?? { first: subnet.prefix, last: subnet.prefix };
    const atEdge = subnet.gateway === usable.first;
    const base = ipFamily(subnet.prefix) === 'v4' ? wish.name : `${wish.name}-v6`;
    let name = base;
    for (let n = 2; names.has(name); n += 1) name = `${base}-${n}`;
    names.add(name);
    return {
      id: randomUUID(),
      name,
      first: atEdge ? formatIp(type, ipValue(usable.first) + 1n) : usable.first,
      last: type === 'v4' ? usable.last : formatIp(type, last),
    };
  });
}

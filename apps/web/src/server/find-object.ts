import { AppError } from '@cellblock/shared/app-error';
import type { Tx } from './db.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** By name, which names one living object, or by id, which names one for ever. */
function byRef(ref: string): { id: string } | { name: string } {
  return UUID.test(ref) ? { id: ref.toLowerCase() } : { name: ref };
}

export type FoundJail = Awaited<ReturnType<typeof findJail>>;
export async function findJail(tx: Tx, ref: string, field = 'jail') {
  const by = byRef(ref);
  const jail = await tx.jail.findFirst({
    where: 'id' in by ? by : { ...by, goneAt: null },
    include: { host: true, interfaces: { include: { network: true }, orderBy: { name: 'asc' } } },
  });
  if (jail) return jail;
  throw new AppError('not-found', `There is no jail ${ref}.`, {
    field,
    cause: 'No jail that is there has this name or id; purged ones are in the audit history only.',
    fix: 'List them: cellblock ls',
  });
}

export type FoundNetwork = Awaited<ReturnType<typeof findNetwork>>;
export async function findNetwork(tx: Tx, ref: string, field = 'network') {
  const by = byRef(ref);
  const network = await tx.network.findFirst({
    where: 'id' in by ? by : { ...by, removedAt: null },
    include: networkParts,
  });
  if (network) return network;
  throw new AppError('not-found', `There is no network ${ref}.`, {
    field,
    cause: 'No network that is there has this name or id.',
    fix: 'List them: cellblock network ls',
  });
}

export const networkParts = {
  host: true,
  subnets: { orderBy: { position: 'asc' } },
  pools: {
    where: { removedAt: null },
    orderBy: { first: 'asc' },
    include: { reservations: { where: { removedAt: null }, orderBy: { first: 'asc' } } },
  },
} as const;

export async function findPool(tx: Tx, ref: string, field = 'pool') {
  const by = byRef(ref);
  const pool = await tx.pool.findFirst({ where: { ...by, removedAt: null } });
  if (pool) return pool;
  throw new AppError('not-found', `There is no pool ${ref}.`, {
    field,
    cause: 'No pool that is there has this name or id.',
    fix: 'List them: cellblock pool ls',
  });
}

export async function findHost(tx: Tx, ref: string, field = 'host') {
  const host = await tx.host.findFirst({ where: { ...byRef(ref), state: { not: 'removed' } } });
  if (host) return host;
  throw new AppError('not-found', `There is no host ${ref}.`, {
    field,
    cause: 'No host that has been enrolled and not removed has this name or id.',
    fix: 'List them: cellblock host ls',
  });
}

import { randomUUID } from 'node:crypto';
import { AppError, type Refusal } from '@cellblock/shared/app-error';
import { freeRange } from '@cellblock/shared/free-range';
import { ipFamily } from '@cellblock/shared/ip-address';
import { type CheckPoolInput, CreatePoolInput } from '@cellblock/shared/network-input';
import { ipValue, prefixContains } from '@cellblock/shared/subnet';
import type { PoolView } from '@cellblock/shared/views/network-view';
import type { Db } from '../db.ts';
import { type FoundNetwork, findNetwork } from '../find-object.ts';
import { recordAct } from '../record-act.ts';
import type { VerbContext } from '../verb-context.ts';
import { readPool } from './queries.ts';

/** Makes a range of addresses of a network assignable. */
export async function createPool(ctx: VerbContext, asked: CreatePoolInput): Promise<PoolView> {
  const input = CreatePoolInput.parse(asked);
  const id = await recordAct(ctx, 'pool.create', async ({ tx }) => {
    const network = await findNetwork(tx, input.network);
    checkRange(network, input);
    const taken = await tx.pool.findFirst({ where: { name: input.name, removedAt: null } });
    if (taken) {
      throw new AppError('conflict', `A pool ${input.name} exists.`, {
        field: 'name',
        cause: 'A name is one pool.',
        fix: 'Choose another name.',
      });
    }
    const id = randomUUID();
    const { name, first, last, coolingSeconds } = input;
    await tx.pool.create({ data: { id, name, networkId: network.id, first, last, coolingSeconds } });
    return {
      object: { type: 'pool', id, name },
      host: null,
      summary: `created pool ${name} (${first} to ${last}) of network ${network.name}`,
      before: null,
      after: { name, network: network.name, first, last, coolingSeconds },
      topics: [`pool/${id}`, `network/${network.id}`],
      result: id,
    };
  });
  return await readPool(ctx.db, id);
}

/** Why a range cannot be a pool of the network; null: it can. The same rule is asked again when it is made. */
export async function checkPool(db: Db, input: CheckPoolInput): Promise<Refusal | null> {
  try {
    checkRange(await findNetwork(db, input.network), input);
    return null;
  } catch (error) {
    if (error instanceof AppError) return error.refusal;
    throw error;
  }
}

function checkRange(network: FoundNetwork, input: { first: string; last: string }): void {
  const { first, last } = input;
  if (ipFamily(first) !== ipFamily(last)) {
    throw new AppError('invalid', `${first} and ${last} are of two families.`, {
      field: 'last',
      cause: 'A pool is a range of IPv4 or of IPv6 addresses.',
      fix: 'Make two pools, one of each family.',
      evidence: { kind: 'family-mismatch' },
    });
  }
  if (ipValue(first) > ipValue(last)) {
    throw new AppError('invalid', `${first} comes after ${last}.`, {
      field: 'last',
      cause: 'A range goes from its lowest address to its highest.',
      fix: `Turn it round: ${last}-${first}`,
    });
  }
  const subnet = network.subnets.find(({ prefix }) => prefixContains(prefix, first));
  if (!subnet || !prefixContains(subnet.prefix, last)) {
    const prefixes = network.subnets.map(({ prefix }) => prefix).join(', ');
    throw new AppError('invalid', `${first} to ${last} lies in no subnet of network ${network.name}.`, {
      field: subnet ? 'last' : 'first',
      cause: `Its subnets are ${prefixes}.`,
      fix: `Choose a range within one of ${prefixes}.`,
      evidence: { kind: 'outside-pool' },
    });
  }
  const other = network.pools.find(
    (pool) =>
      ipFamily(pool.first) === ipFamily(first) &&
      ipValue(pool.first) <= ipValue(last) &&
      ipValue(first) <= ipValue(pool.last),
  );
  if (!other) return;
  const free = freeRange(subnet.prefix, network.pools);
  throw new AppError(
    'conflict',
    `${first} to ${last} overlaps pool ${other.name} (${other.first} to ${other.last}).`,
    {
      field: 'first',
      cause: 'An address is of one pool, so that it is counted and given once.',
      fix: `${free ? `Take ${free.first} to ${free.last}, which is of no pool, or remove` : 'Remove'} the other first: cellblock pool rm ${other.name}`,
      evidence: {
        kind: 'pool-overlap',
        free,
        pool: { id: other.id, name: other.name, first: other.first, last: other.last },
      },
    },
  );
}

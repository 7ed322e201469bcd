import { AppError, type Refusal } from '@cellblock/shared/app-error';
import { assignmentConflict } from '@cellblock/shared/assignment-conflict';
import { ipFamily } from '@cellblock/shared/ip-address';
import { countPool, nextFree } from '@cellblock/shared/ip-pool';
import type { Db } from '../db.ts';
import { findJail, findNetwork, findPool } from '../find-object.ts';
import { loadPoolUse, poolOf } from '../pools/pool-use.ts';
import { assignmentQuestion } from './assignment-question.ts';
import { networkFor, networkOfAddress } from './network-for.ts';
import { poolFull } from './pool-full.ts';

/** Why an address cannot be had now; null: it can. The same rule is asked again when it is assigned. */
export async function checkAddress(
  db: Db,
  input: { address: string; jail?: string | undefined; network?: string | undefined },
): Promise<Refusal | null> {
  try {
    const jail = input.jail ? await findJail(db, input.jail) : null;
    const network = jail
      ? await networkFor(db, jail, input)
      : input.network
        ? await findNetwork(db, input.network)
        : await networkOfAddress(db, input.address);
    if (!network) {
      return {
        code: 'invalid',
        message: `${input.address} lies in no network.`,
        field: 'address',
        cause: 'An address is given from a pool of a network.',
        fix: 'See the networks and their subnets: cellblock network ls',
        evidence: { kind: 'outside-pool', address: input.address, next: null },
      };
    }
    return assignmentConflict(await assignmentQuestion(db, network, input.address, jail, new Date()));
  } catch (error) {
    if (error instanceof AppError) return error.refusal;
    throw error;
  }
}

/** What would be given now; nothing is kept for anybody by asking. */
export async function suggestAddress(
  db: Db,
  input: {
    network?: string | undefined;
    pool?: string | undefined;
    family?: 'v4' | 'v6' | undefined;
    jail?: string | undefined;
  },
): Promise<{ address: string | null; refusal: Refusal | null }> {
  try {
    const pool = input.pool ? await findPool(db, input.pool) : null;
    const jail = input.jail ? await findJail(db, input.jail) : null;
    const ref = pool?.networkId ?? input.network;
    const network = ref ? await findNetwork(db, ref) : jail ? await networkFor(db, jail, {}) : null;
    if (!network) {
      throw new AppError('invalid', 'Of which network?', {
        field: 'network',
        cause: 'Neither a network nor a pool nor a jail was named.',
        fix: 'Name a network or a pool.',
      });
    }
    const now = new Date();
    const rows = network.pools.filter(
      (row) =>
        (pool === null || row.id === pool.id) &&
        (input.family === undefined || ipFamily(row.first) === input.family),
    );
    const full = [];
    for (const row of rows.sort((a, b) => ipFamily(a.first).localeCompare(ipFamily(b.first)))) {
      const use = await loadPoolUse(db, network, row, now);
      const address = nextFree(poolOf(network, row), use, now, jail?.id ?? null);
      if (address !== null) return { address, refusal: null };
      full.push({ name: row.name, count: countPool(poolOf(network, row), use, now) });
    }
    if (full.length > 0) throw poolFull(full, network.name);
    throw new AppError('conflict', `Network ${network.name} has no such pool.`, {
      field: 'network',
      cause: 'It has no pool of that name or family.',
      fix: `Make one: cellblock pool create NAME --network ${network.name} --range FIRST-LAST`,
    });
  } catch (error) {
    if (error instanceof AppError) return { address: null, refusal: error.refusal };
    throw error;
  }
}

import { AppError } from '@cellblock/shared/app-error';
import { ipFamily } from '@cellblock/shared/ip-address';
import type { ReserveInput, UnreserveInput } from '@cellblock/shared/network-input';
import { ipValue } from '@cellblock/shared/subnet';
import type { PoolView } from '@cellblock/shared/views/network-view';
import { findPool } from '../find-object.ts';
import { recordAct } from '../record-act.ts';
import type { VerbContext } from '../verb-context.ts';
import { lockPool } from './pool-use.ts';
import { readPool } from './queries.ts';

/** Keeps addresses back, with a reason for whoever finds it later. Who has one of them keeps it. */
export async function reserveRange(ctx: VerbContext, input: ReserveInput): Promise<PoolView> {
  const id = await recordAct(ctx, 'pool.reserve', async ({ tx, event, by, now }) => {
    const { id } = await findPool(tx, input.pool);
    await lockPool(tx, id);
    const pool = await findPool(tx, id);
    checkWithin(pool, input);
    const until = input.until ? new Date(input.until) : null;
    if (until && until <= now) {
      throw new AppError('invalid', `${input.until} is over.`, {
        field: 'until',
        cause: 'A reservation ends in the future.',
        fix: 'Name a moment to come.',
      });
    }
    const [overlap] = await tx.$queryRaw<{ first: string; last: string; reason: string }[]>`
      SELECT host(first) AS first, host(last) AS last, reason FROM pool_reservation
      WHERE pool_id = ${id}::uuid AND removed_at IS NULL AND (until IS NULL OR until > ${now})
        AND first <= ${input.last}::inet AND last >= ${input.first}::inet LIMIT 1`;
    if (overlap) {
      throw new AppError(
        'conflict',
        `${overlap.first} to ${overlap.last} is reserved already: ${overlap.reason}`,
        {
          field: 'first',
          cause: 'A part of the range would be reserved twice.',
          fix: `Choose another range, or: cellblock pool unreserve ${pool.name} ${overlap.first}-${overlap.last}`,
          evidence: { kind: 'reserved', ...overlap },
        },
      );
    }
    const { first, last, reason } = input;
    await tx.poolReservation.create({ data: { poolId: id, first, last, reason, until, by, event } });
    return {
      object: { type: 'pool', id, name: pool.name },
      host: null,
      summary: `reserved ${rangeText(input)} of pool ${pool.name}`,
      before: null,
      after: { first, last, until: until?.toISOString() ?? null },
      reason,
      topics: [`pool/${id}`, `network/${pool.networkId}`, `address/${first}`],
      result: id,
    };
  });
  return await readPool(ctx.db, id);
}

/** Ends exactly one reservation: the one of these ends. */
export async function unreserveRange(ctx: VerbContext, input: UnreserveInput): Promise<PoolView> {
  const id = await recordAct(ctx, 'pool.unreserve', async ({ tx, now }) => {
    const { id } = await findPool(tx, input.pool);
    await lockPool(tx, id);
    const pool = await findPool(tx, id);
    const reserved = await tx.poolReservation.findMany({
      where: { poolId: id, removedAt: null },
      orderBy: { first: 'asc' },
    });
    const row = reserved.find(({ first, last }) => first === input.first && last === input.last);
    if (!row) {
      const ranges = reserved.map((one) => rangeText(one)).join(', ');
      throw new AppError('not-found', `${rangeText(input)} of pool ${pool.name} is no reservation.`, {
        field: 'first',
        cause: ranges ? `Reserved are ${ranges}.` : 'Nothing of it is reserved.',
        fix: ranges ? 'Name one of these, with its very ends.' : 'Nothing is to be done.',
      });
    }
    await tx.poolReservation.update({ where: { id: row.id }, data: { removedAt: now } });
    return {
      object: { type: 'pool', id, name: pool.name },
      host: null,
      summary: `ended the reservation of ${rangeText(input)} of pool ${pool.name}`,
      before: { first: row.first, last: row.last, reason: row.reason },
      after: null,
      topics: [`pool/${id}`, `network/${pool.networkId}`, `address/${row.first}`],
      result: id,
    };
  });
  return await readPool(ctx.db, id);
}

function checkWithin(
  pool: { name: string; first: string; last: string },
  input: { first: string; last: string },
): void {
  const sameFamily =
    ipFamily(input.first) === ipFamily(pool.first) && ipFamily(input.last) === ipFamily(pool.first);
  const within =
    sameFamily &&
    ipValue(pool.first) <= ipValue(input.first) &&
    ipValue(input.first) <= ipValue(input.last) &&
    ipValue(input.last) <= ipValue(pool.last);
  if (within) return;
  throw new AppError('invalid', `${rangeText(input)} does not lie in pool ${pool.name}.`, {
    field: 'first',
    cause: `It runs from ${pool.first} to ${pool.last}.`,
    fix: `Choose addresses between ${pool.first} and ${pool.last}.`,
    evidence: { kind: sameFamily ? 'outside-pool' : 'family-mismatch' },
  });
}

function rangeText({ first, last }: { first: string; last: string }): string {
  return first === last ? first : `${first} to ${last}`;
}

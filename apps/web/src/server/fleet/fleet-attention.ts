import { stateOf } from '../dashboards/list-dashboards.ts';
import type { Tx } from '../db.ts';
import { hostStateOf } from '../hosts/host-state-of.ts';
import { statusOf } from '../networks/reach.ts';
import { type Attention, attentionKey, attentionOf, worstFirst } from './attention.ts';
import { attentionOfAddresses, type PoolFill, type UnconfirmedAddress } from './attention-of-addresses.ts';

/** Everything that a person should look at now, worst first. */
export async function fleetAttention(tx: Tx): Promise<Attention[]> {
  const rows = await tx.host.findMany({ where: { state: { not: 'removed' } }, orderBy: { name: 'asc' } });
  const hosts = rows.map((row) => ({ ...row, state: hostStateOf(row), status: statusOf(row) }));
  return worstFirst([
    ...attentionOf(hosts),
    ...attentionOfAddresses(await unconfirmed(tx), await poolFills(tx)),
    ...(await silentDashboards(tx)),
  ]);
}

/** Releasing for more than 2 min, or closed by force while the host has not made that generation true. */
async function unconfirmed(tx: Tx): Promise<UnconfirmedAddress[]> {
  return await tx.$queryRaw<UnconfirmedAddress[]>`
    SELECT host(a.address) AS address, a.jail_name AS jail, a.host_name AS host,
      a.wanted_until AS "wantedUntil", a.forced_by AS "forcedBy"
    FROM ip_assignment a JOIN host h ON h.id = a.host_id
    WHERE h.state <> 'removed' AND (
      (a.seen_gone IS NULL AND a.wanted_until < clock_timestamp() - interval '2 minutes')
      OR (a.forced_by IS NOT NULL AND h.converged < a.release_generation))
    ORDER BY a.wanted_until LIMIT 100`;
}

/** Of version 4 only: nobody fills a pool of version 6. */
async function poolFills(tx: Tx): Promise<PoolFill[]> {
  const rows = await tx.$queryRaw<(Omit<PoolFill, 'size' | 'taken'> & { size: bigint; taken: bigint })[]>`
    SELECT p.id::text, p.name, n.name AS network, (p.last - p.first + 1)::bigint AS size,
      ((SELECT count(*) FROM ip_assignment a
        WHERE a.network_id = p.network_id AND a.seen_gone IS NULL AND a.address BETWEEN p.first AND p.last)
      + (SELECT coalesce(sum(r.last - r.first + 1), 0) FROM pool_reservation r
        WHERE r.pool_id = p.id AND r.removed_at IS NULL
          AND (r.until IS NULL OR r.until > clock_timestamp())))::bigint AS taken
    FROM pool p JOIN network n ON n.id = p.network_id
    WHERE p.removed_at IS NULL AND n.removed_at IS NULL AND family(p.first) = 4`;
  return rows.map((row) => ({ ...row, size: Number(row.size), taken: Number(row.taken) }));
}

async function silentDashboards(tx: Tx): Promise<Attention[]> {
  const rows = await tx.dashboard.findMany();
  return rows
    .filter((row) => stateOf(row) === 'away')
    .map((row): Attention => {
      const object = { type: 'installation', id: row.id, name: row.url } as const;
      return {
        rule: 'dashboard.away',
        key: attentionKey('dashboard.away', object),
        severity: 'warn',
        text: `dashboard ${row.url} says nothing`,
        since: row.seenAt.toISOString(),
        object,
        fix: 'On its machine: cellblock status',
      };
    });
}

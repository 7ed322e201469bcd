import type { Tx } from '../db.ts';

export interface EndedInterval {
  address: string;
  networkId: string;
  jailId: string;
  /** host that has the address next: its spec has a new object */
  successorHostId: string | null;
  successorJailId: string | null;
}

/**
 * Closes an open interval now, on the database's clock, and opens its successor's in the same breath: the
 * new `held` begins where this one ended, its *wanted_from* stays the intent's.
 */
export async function endInterval(
  tx: Tx,
  id: string,
  forced: { by: string; reason: string } | null = null,
): Promise<EndedInterval | null> {
  const closed = await tx.$executeRaw`
    UPDATE ip_assignment SET
      seen_gone = clock.t, held = tstzrange(lower(held), clock.t),
      forced_by = ${forced?.by ?? null}, forced_reason = ${forced?.reason ?? null}
    FROM (SELECT greatest(clock_timestamp(), (SELECT lower(held) FROM ip_assignment WHERE id = ${id}::uuid)) AS t) clock
    WHERE id = ${id}::uuid AND seen_gone IS NULL`;
  if (closed === 0) return null;
  await tx.$executeRaw`
    INSERT INTO ip_assignment (id, network_id, address, prefix_length, jail_id, interface_id, host_id,
      network_name, jail_name, interface_name, host_name, wanted_from, held, assign_event, assigned_by)
    SELECT successor_id, network_id, address, prefix_length, successor_jail_id, successor_interface_id,
      successor_host_id, network_name, successor_jail_name, successor_interface_name, successor_host_name,
      successor_wanted_from, tstzrange(seen_gone, NULL), successor_event, successor_by
    FROM ip_assignment WHERE id = ${id}::uuid AND successor_id IS NOT NULL`;
  return await tx.ipAssignment.findUniqueOrThrow({
    where: { id },
    select: { address: true, networkId: true, jailId: true, successorHostId: true, successorJailId: true },
  });
}

import type { HostStatus } from '@cellblock/shared/host-status';
import { appendLeaves } from '../audit/append-leaves.ts';
import type { Db, Tx } from '../db.ts';
import { notifyChanges } from '../fleet-topics.ts';
import { endInterval } from '../ip-assignments/end-interval.ts';
import { newKills, recordOomKills } from '../metrics/record-oom-kills.ts';
import { settleTasks } from '../tasks/settle-tasks.ts';

/**
 * Takes in a host's report: what it accepted and made true, its jails, addresses and networks; opens and
 * closes intervals of addresses by it, and moves tasks on. The same report twice has the effect of once.
 * Only rows of this host are touched: no host speaks for another.
 */
export async function recordStatus(db: Db, hostId: string, status: HostStatus): Promise<void> {
  await db.$transaction(async (tx) => {
    // Lock order of every change: hosts by id, then their rows.
    await lockHosts(tx, hostId);
    await tx.host.update({
      where: { id: hostId },
      data: {
        status,
        accepted: status.accepted,
        converged: status.converged,
        lastReportAt: new Date(),
      },
    });
    globalThis.crashHere?.('dashboard stored a report');
    const topics = [`host/${hostId}`];
    const ended = await confirmAddresses(tx, hostId, status, topics);
    globalThis.crashHere?.('dashboard confirmed addresses');
    const goneJails = await confirmJails(tx, hostId, status, topics);
    const goneNetworks = await confirmNetworks(tx, hostId, status, topics);
    // What is over leaves the spec: the same generation must not mean two things.
    if (ended.length + goneJails + goneNetworks > 0) await raise(tx, hostId, topics);
    for (const next of new Set(ended)) if (next !== null && next !== hostId) await raise(tx, next, topics);
    topics.push(...(await settleTasks(tx, hostId)));
    await notifyChanges(tx, topics);
    globalThis.crashHere?.('dashboard took a report in');
  });
  globalThis.crashHere?.('dashboard committed a report');
  await appendLeaves(db);
}

/** This host, and those that are to get an address which this one may be about to confirm as gone. */
export async function lockHosts(tx: Tx, hostId: string): Promise<void> {
  await tx.$queryRaw`
    SELECT id FROM host WHERE id = ${hostId}::uuid OR id IN (
      SELECT successor_host_id FROM ip_assignment WHERE host_id = ${hostId}::uuid AND seen_gone IS NULL)
    ORDER BY id FOR UPDATE`;
}

async function raise(tx: Tx, hostId: string, topics: string[]): Promise<void> {
  await tx.host.update({ where: { id: hostId }, data: { generation: { increment: 1 } } });
  topics.push(`spec/${hostId}`, `host/${hostId}`);
}

/** Answers the hosts that get an address next, one entry for each interval that ended; null: nobody. */
async function confirmAddresses(
  tx: Tx,
  hostId: string,
  status: HostStatus,
  topics: string[],
): Promise<(string | null)[]> {
  const seen = new Map(status.addresses.map((address) => [address.id, address.state]));
  const unknown = unreadable(status);
  const ended: (string | null)[] = [];
  for (const row of await openRows(tx, hostId)) {
    const state = seen.get(row.id);
    if (state === 'present' && row.seenFrom === null) await confirmPresent(tx, row, topics);
    if (row.wantedUntil === null || row.releaseGeneration === null) continue;
    // A report from before the release was accepted says nothing about its end. An address that the report
    // leaves out is gone when the host has made the whole of a later generation true.
    const gone =
      status.accepted >= row.releaseGeneration &&
      !unknown.has(`address/${row.id}`) &&
      (state === 'absent' || (state === undefined && status.converged >= row.releaseGeneration));
    if (!gone) continue;
    const over = await endInterval(tx, row.id);
    if (!over) continue;
    ended.push(over.successorHostId);
    topics.push(`address/${row.address}`, `jail/${row.jailId}`, `network/${row.networkId}`);
    if (over.successorJailId) topics.push(`jail/${over.successorJailId}`);
  }
  // Successors on this host may be there already: removal and addition are one pass of the host.
  if (ended.includes(hostId)) {
    for (const row of await openRows(tx, hostId)) {
      if (row.seenFrom === null && seen.get(row.id) === 'present') await confirmPresent(tx, row, topics);
    }
  }
  return ended;
}

/** Objects that the host refuses or cannot read: that a report leaves one out says nothing then. */
function unreadable(status: HostStatus): Set<string> {
  return new Set(status.refused.map(({ key }) => key));
}

async function openRows(tx: Tx, hostId: string) {
  return await tx.ipAssignment.findMany({ where: { hostId, seenGone: null } });
}

async function confirmPresent(
  tx: Tx,
  row: { id: string; address: string; jailId: string; networkId: string },
  topics: string[],
): Promise<void> {
  await tx.$executeRaw`
    UPDATE ip_assignment SET seen_from = greatest(clock_timestamp(), lower(held)) WHERE id = ${row.id}::uuid`;
  topics.push(`address/${row.address}`, `jail/${row.jailId}`, `network/${row.networkId}`);
}

/** Answers how many jails are gone for good. */
async function confirmJails(tx: Tx, hostId: string, status: HostStatus, topics: string[]): Promise<number> {
  const reported = new Map(status.jails.map((jail) => [jail.id, jail]));
  const seenAt = new Date(status.at);
  const unknown = unreadable(status);
  let gone = 0;
  for (const row of await tx.jail.findMany({ where: { hostId, goneAt: null } })) {
    const seen = reported.get(row.id);
    const destroyed = seen
      ? seen.state === 'destroyed' && (!seen.hasStorage || isDirectory(row.settings))
      : status.converged >= row.generation && !unknown.has(`jail/${row.id}`);
    const isGone = row.purge && status.accepted >= row.generation && destroyed;
    if (!seen && !isGone) continue;
    if (isGone) gone += 1;
    // A count that could not be read is not the beginning of another.
    const kept = seen && { ...seen, oomKills: seen.oomKills ?? seenKills(row.seen) ?? null };
    await tx.jail.update({
      where: { id: row.id },
      data: { ...(kept && { seen: kept }), seenAt, ...(isGone && { goneAt: new Date() }) },
    });
    const kills = newKills(seenKills(row.seen), seen?.oomKills);
    if (kills > 0) {
      const host = await tx.host.findUniqueOrThrow({
        where: { id: hostId },
        select: { id: true, name: true },
      });
      await recordOomKills(tx, host, { id: row.id, name: row.name }, kills, seen?.usage?.memoryBytes ?? null);
      topics.push('audit');
    }
    if (isGone || withoutUsage(kept) !== withoutUsage(row.seen)) topics.push(`jail/${row.id}`);
  }
  return gone;
}

/** A directory of the host's own as root is never deleted, so it never is what is left. */
function isDirectory(settings: unknown): boolean {
  return (settings as { root?: { kind?: string } } | null)?.root?.kind === 'dir';
}

function seenKills(seen: unknown): number | null | undefined {
  return (seen as { oomKills?: number | null } | null)?.oomKills;
}

/** Measurements change with every report; they are no reason to redraw a list. */
function withoutUsage(seen: unknown): string {
  const { usage: _, ...rest } = (seen ?? {}) as Record<string, unknown>;
  return JSON.stringify(Object.entries(rest).sort(([a], [b]) => a.localeCompare(b)));
}

/** Answers how many networks are gone. */
async function confirmNetworks(
  tx: Tx,
  hostId: string,
  status: HostStatus,
  topics: string[],
): Promise<number> {
  const seen = new Map(status.networks.map((network) => [network.id, network.state]));
  const leaving = await tx.network.findMany({ where: { hostId, removedAt: null, wanted: 'absent' } });
  let gone = 0;
  for (const row of leaving) {
    const state = seen.get(row.id);
    const isGone =
      status.accepted >= row.generation &&
      !unreadable(status).has(`network/${row.id}`) &&
      (state === 'absent' || (state === undefined && status.converged >= row.generation));
    if (!isGone) continue;
    gone += 1;
    await tx.network.update({ where: { id: row.id }, data: { removedAt: new Date() } });
    await tx.networkSubnet.updateMany({ where: { networkId: row.id }, data: { live: false } });
    topics.push(`network/${row.id}`);
  }
  return gone;
}

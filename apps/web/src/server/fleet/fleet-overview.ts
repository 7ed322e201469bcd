import { searchEvents } from '../audit/search-events.ts';
import { hostStateOf } from '../hosts/host-state-of.ts';
import { statusOf } from '../networks/reach.ts';
import type { VerbContext } from '../verb-context.ts';
import { fleetAttention } from './fleet-attention.ts';

const RECENT = 12;

/** What is wrong, how much there is, and who did what lately; from what the hosts said last. */
export async function fleetOverview(ctx: Pick<VerbContext, 'db' | 'role'>) {
  const { db } = ctx;
  const rows = await db.host.findMany({ where: { state: { not: 'removed' } }, orderBy: { name: 'asc' } });
  const hosts = rows.map((row) => ({ ...row, state: hostStateOf(row), status: statusOf(row) }));
  const ready = hosts.filter(({ state }) => state === 'ready');
  return {
    attention: await fleetAttention(db),
    counts: {
      hosts: hosts.length,
      hostsReady: ready.length,
      jails: await db.jail.count({ where: { goneAt: null, destroyedAt: null } }),
      // Of hosts that are silent nobody knows what runs.
      running: ready.reduce(
        (sum, { status }) => sum + (status?.jails.filter((jail) => jail.state === 'running').length ?? 0),
        0,
      ),
      tasksOpen: await db.task.count({ where: { state: { in: ['wanted', 'accepted'] } } }),
      addressesAssigned: await db.ipAssignment.count({
        where: { seenFrom: { not: null }, wantedUntil: null, seenGone: null },
      }),
    },
    recent: (await searchEvents(ctx, { q: '-phase:outcome', limit: RECENT })).events,
  };
}

import type { Db } from '../db.ts';
import { hostStateOf } from '../jails/queries.ts';
import { statusOf } from '../networks/reach.ts';
import { attentionOf } from './attention.ts';

/** What is wrong and how much there is, from what the hosts said last. */
export async function fleetOverview(db: Db) {
  const rows = await db.host.findMany({ where: { state: { not: 'removed' } }, orderBy: { name: 'asc' } });
  const hosts = rows.map((row) => ({ ...row, state: hostStateOf(row), status: statusOf(row) }));
  const ready = hosts.filter(({ state }) => state === 'ready');
  return {
    attention: attentionOf(hosts),
    counts: {
      hosts: hosts.length,
      hostsReady: ready.length,
      jails: await db.jail.count({ where: { goneAt: null, destroyedAt: null } }),
      // Of hosts that are silent nobody knows what runs.
      running: ready.reduce(
        (sum, { status }) => sum + (status?.jails.filter((jail) => jail.state === 'running').length ?? 0),
        0,
      ),
      addressesAssigned: await db.ipAssignment.count({
        where: { seenFrom: { not: null }, wantedUntil: null, seenGone: null },
      }),
    },
  };
}

import type { DashboardSummary } from '@cellblock/shared/views/dashboard-view';
import type { Db } from '../db.ts';
import { isLoopback } from '../http/source-address.ts';
import { DASHBOARD_AWAY_AFTER_MS, DASHBOARD_FORGOTTEN_AFTER_MS } from './presence.ts';

/** The dashboards of this installation, those that are there first. */
export async function listDashboards(db: Db, asked: string): Promise<DashboardSummary[]> {
  const rows = await db.dashboard.findMany({
    include: { _count: { select: { hosts: true } } },
    orderBy: { url: 'asc' },
  });
  const all = rows.map((row): DashboardSummary => {
    const state = stateOf(row);
    return {
      id: row.id,
      url: row.url,
      state,
      asked: row.id === asked,
      hosts: state === 'here' ? row._count.hosts : 0,
      seenAt: row.seenAt.toISOString(),
      version: row.version,
    };
  });
  return [...all.filter(({ state }) => state === 'here'), ...all.filter(({ state }) => state !== 'here')];
}

export function stateOf(row: { seenAt: Date; stoppedAt: Date | null }): DashboardSummary['state'] {
  if (row.stoppedAt !== null) return 'stopped';
  return Date.now() - row.seenAt.getTime() > DASHBOARD_AWAY_AFTER_MS ? 'away' : 'here';
}

/**
 * Where agents may dial, those that are there first. One on loopback is found by its own machine alone, which
 * knows it without being told.
 */
export async function dialableDashboards(db: Db): Promise<{ url: string; ca: string | null }[]> {
  const rows = await db.dashboard.findMany({
    where: { seenAt: { gt: new Date(Date.now() - DASHBOARD_FORGOTTEN_AFTER_MS) } },
    orderBy: { url: 'asc' },
  });
  const far = rows.filter(({ url }) => !isLocal(url));
  const known = new Set<string>();
  return [...far.filter((row) => stateOf(row) === 'here'), ...far]
    .filter(({ url }) => !known.has(url) && known.add(url))
    .map(({ url, ca }) => ({ url, ca }));
}

export function isLocal(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === 'localhost' || isLoopback(hostname.replace(/^\[(.*)\]$/, '$1'));
}

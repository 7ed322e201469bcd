import { AppError } from '@cellblock/shared/app-error';
import { type FilterFields, matchesFilter, parseFilter } from '@cellblock/shared/filter';
import type { HostSummary, HostView } from '@cellblock/shared/views/host-view';
import type { Db, Tx } from '../db.ts';
import { findHost } from '../find-object.ts';
import { statusOf } from '../networks/reach.ts';
import { hostStateOf } from './host-state-of.ts';

/** What hosts can be asked by: `state:ready name:fra1-* checks<1 kernel:6.*`. */
export const HOST_FIELDS: FilterFields<HostSummary> = {
  name: (host) => host.name,
  id: (host) => host.id,
  state: (host) => host.state,
  local: (host) => (host.local ? 'yes' : 'no'),
  agent: (host) => host.agentVersion,
  kernel: (host) => host.kernel,
  /** the share of its checks that it passes: `checks<100%` */
  checks: (host) => (host.checks.total === 0 ? null : host.checks.have / host.checks.total),
  jails: (host) => host.jails.wanted,
  running: (host) => (host.state === 'ready' ? host.jails.running : null),
  report: (host) => (host.lastReportAt === null ? null : new Date(host.lastReportAt)),
};

/** Hosts that a filter means; throws with the nearest name of a field. */
export async function searchHosts(db: Db, q: string | undefined): Promise<HostSummary[]> {
  const all = await listHosts(db);
  if (!q?.trim()) return all;
  const parsed = parseFilter(q, Object.keys(HOST_FIELDS));
  if (parsed.ok) return all.filter((host) => matchesFilter(parsed.filter, host, HOST_FIELDS));
  const { message, nearest } = parsed.error;
  throw new AppError('invalid', message, {
    field: 'q',
    cause: 'The text is no filter on hosts.',
    fix: nearest ? `Did you mean ${nearest}?` : `Fields are ${Object.keys(HOST_FIELDS).join(', ')}.`,
    evidence: { ...parsed.error },
  });
}

type HostRow = Awaited<ReturnType<typeof findHost>>;

export async function listHosts(db: Db): Promise<HostSummary[]> {
  const hosts = await db.host.findMany({ where: { state: { not: 'removed' } }, orderBy: { name: 'asc' } });
  const wanted = await wantedJails(db);
  return hosts.map((host) => summaryOf(host, wanted.get(host.id) ?? 0));
}

export async function getHost(db: Db, ref: string): Promise<HostView> {
  const host = await findHost(db, ref);
  const status = statusOf(host);
  const wanted = await wantedJails(db);
  return {
    ...summaryOf(host, wanted.get(host.id) ?? 0),
    fingerprint: host.fingerprint,
    enrolledAt: host.enrolledAt.toISOString(),
    approvedAt: host.approvedAt?.toISOString() ?? null,
    facts: status?.facts ?? null,
    checkList: status?.checks ?? [],
    bounds: status?.bounds ?? null,
    problems: status?.problems ?? [],
  };
}

/** Jails that somebody wants to run, by host. */
async function wantedJails(db: Tx): Promise<Map<string, number>> {
  const groups = await db.jail.groupBy({
    by: ['hostId'],
    where: { goneAt: null, wanted: 'running' },
    _count: { _all: true },
  });
  return new Map(groups.map((group) => [group.hostId, group._count._all]));
}

function summaryOf(host: HostRow, wanted: number): HostSummary {
  const status = statusOf(host);
  const state = hostStateOf(host);
  const checks = status?.checks ?? [];
  return {
    id: host.id,
    name: host.name,
    state,
    local: host.local,
    jails: { wanted, running: status?.jails.filter((jail) => jail.state === 'running').length ?? 0 },
    checks: { have: checks.filter(({ verdict }) => verdict === 'have').length, total: checks.length },
    agentVersion: status?.facts.agentVersion ?? null,
    kernel: status?.facts.kernel ?? null,
    lastReportAt: host.lastReportAt?.toISOString() ?? null,
    generation: { wanted: host.generation, accepted: host.accepted, converged: host.converged },
  };
}

import { AppError } from '@cellblock/shared/app-error';
import { stateOf } from '../dashboards/list-dashboards.ts';
import type { Relays } from '../dashboards/relays.ts';
import type { Db } from '../db.ts';
import type { AgentClient, AgentConnections } from '../host-sync/agent-connections.ts';

/** A dashboard's own connections, and its ways to other dashboards. */
interface Ways {
  connections: Pick<AgentConnections, 'of'>;
  relays: Pick<Relays, 'agentAt'> | null;
}
/** By the dashboard's database: verbs know nothing else of the process that they run in. */
const WAYS = new WeakMap<Db, Ways>();

export function setAgentConnections(db: Db, ways: Ways): void {
  WAYS.set(db, ways);
}

/** The agent of a host that is connected to this very dashboard. */
export function agentHere(db: Db, hostId: string): AgentClient | null {
  return WAYS.get(db)?.connections.of(hostId)?.agent ?? null;
}

/**
 * The agent of a host, for streams and checks: the one that is connected here, or through the dashboard that
 * it is connected to. Throws `unreachable`, with the age of its last report.
 */
export async function agentOf(db: Db, hostId: string): Promise<AgentClient> {
  const ways = WAYS.get(db);
  const connection = ways?.connections.of(hostId);
  if (connection) return connection.agent;
  const host = await db.host.findUnique({
    where: { id: hostId },
    select: { name: true, lastReportAt: true, dashboard: true },
  });
  if (host === null)
    throw new AppError('not-found', 'There is no such host.', {
      field: 'host',
      cause: 'It has been removed.',
      fix: 'List them: cellblock host ls',
    });
  const { name, lastReportAt, dashboard } = host;
  const relays = ways?.relays ?? null;
  if (dashboard === null || relays === null || stateOf(dashboard) !== 'here') {
    throw notConnected(name, lastReportAt);
  }
  try {
    return await relays.agentAt(dashboard, hostId);
  } catch (error) {
    // It may have come here meanwhile.
    const now = ways?.connections.of(hostId);
    if (now) return now.agent;
    throw notRelayed(name, dashboard.url, error as Error);
  }
}

function notConnected(name: string, last: Date | null): AppError {
  const age =
    last === null ? 'has never reported' : `reported last ${ageText(Date.now() - last.getTime())} ago`;
  return new AppError('unreachable', `Host ${name} is not connected; it ${age}.`, {
    field: 'host',
    cause: 'Its agent is stopped, or cannot reach the dashboard.',
    fix: `On ${name}: cellblock status, and DATA/log/agent.log. Its jails go on meanwhile.`,
    evidence: { lastReportAt: last?.toISOString() ?? null },
  });
}

function notRelayed(name: string, url: string, error: Error): AppError {
  return new AppError(
    'unreachable',
    `Host ${name} is connected to the dashboard ${url}, which cannot be asked from here.`,
    {
      field: 'host',
      cause: error.message,
      fix: `Ask there: open ${url}. If it stopped, the host comes here within seconds: try again.`,
      evidence: { dashboard: url },
    },
  );
}

function ageText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} days`;
}

import { AppError } from '@cellblock/shared/app-error';
import type { Db } from '../db.ts';
import type { AgentClient, AgentConnections } from '../host-sync/agent-connections.ts';

/** Set once, by server.ts: a process has one set of connections. */
let connections: AgentConnections | null = null;

export function setAgentConnections(all: AgentConnections): void {
  connections = all;
}

/** The agent of a host, for streams and checks. Throws `unreachable`, with the age of its last report. */
export async function agentOf(db: Db, hostId: string): Promise<AgentClient> {
  const connection = connections?.of(hostId);
  if (connection) return connection.agent;
  const host = await db.host.findUnique({
    where: { id: hostId },
    select: { name: true, lastReportAt: true },
  });
  if (host === null) throw new AppError('not-found', 'There is no such host.', { field: 'host' });
  const last = host.lastReportAt;
  const age =
    last === null ? 'has never reported' : `reported last ${ageText(Date.now() - last.getTime())} ago`;
  throw new AppError('unreachable', `Host ${host.name} is not connected; it ${age}.`, {
    field: 'host',
    cause: 'Its agent is stopped, or cannot reach the dashboard.',
    fix: `On ${host.name}: cellblock status, and DATA/log/agent.log. Its jails go on meanwhile.`,
    evidence: { lastReportAt: last?.toISOString() ?? null },
  });
}

function ageText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} days`;
}

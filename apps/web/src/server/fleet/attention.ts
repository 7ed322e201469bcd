import type { ObjectRef } from '@cellblock/shared/audit-event';
import type { HostStatus } from '@cellblock/shared/host-status';
import type { HostState } from '@cellblock/shared/views/host-view';

/** One thing that is wrong, or that nobody can know, since when, and what to do about it. */
export interface Attention {
  severity: 'bad' | 'warn' | 'unknown';
  text: string;
  since: string | null;
  object: ObjectRef;
  fix: string | null;
}

export interface HostReport {
  id: string;
  name: string;
  state: HostState;
  enrolledAt: Date;
  lastReportAt: Date | null;
  status: HostStatus | null;
}

const ORDER = { bad: 0, warn: 1, unknown: 2 };

/** What a person should look at, worst first, then longest. What a silent host said last is not repeated. */
export function attentionOf(hosts: readonly HostReport[]): Attention[] {
  return hosts
    .flatMap((host) => [...ofHost(host), ...(host.state === 'ready' ? ofReport(host) : [])])
    .sort((a, b) => ORDER[a.severity] - ORDER[b.severity] || (a.since ?? '').localeCompare(b.since ?? ''));
}

function ofHost(host: HostReport): Attention[] {
  const object = { type: 'host', id: host.id, name: host.name } as const;
  switch (host.state) {
    case 'waiting': {
      const since = host.enrolledAt.toISOString();
      const text = `host ${host.name} waits to be approved`;
      return [{ severity: 'warn', text, since, object, fix: 'Compare its fingerprint and approve it.' }];
    }
    case 'locked': {
      const text = `host ${host.name} is locked: its key was used by two`;
      const fix = 'Find out who has a copy of its key, then approve it again.';
      return [{ severity: 'bad', text, since: host.lastReportAt?.toISOString() ?? null, object, fix }];
    }
    case 'frozen': {
      const text = `host ${host.name} knows a newer past than this dashboard: its changes are frozen`;
      const fix = 'If this database was restored on purpose, approve the host again.';
      return [{ severity: 'bad', text, since: host.lastReportAt?.toISOString() ?? null, object, fix }];
    }
    case 'unknown': {
      const since = host.lastReportAt?.toISOString() ?? null;
      const text = since === null ? `host ${host.name} has never reported` : `host ${host.name} is silent`;
      return [{ severity: 'unknown', text, since, object, fix: 'On the host: cellblock status' }];
    }
    case 'ready':
      return [];
  }
}

function ofReport({ id, name, status }: HostReport): Attention[] {
  if (status === null) return [];
  const host = { type: 'host', id, name } as const;
  const names = new Map(status.jails.map((jail) => [`jail/${jail.id}`, jail]));
  const objectOf = (key: string): ObjectRef => {
    const jail = names.get(key);
    return jail === undefined ? host : { type: 'jail', id: jail.id, name: jail.name };
  };
  const failed = status.jails
    .filter(({ state }) => state === 'failed')
    .map((jail): Attention => {
      const exit = jail.exit === null ? '' : ` with ${exitText(jail.exit)}`;
      return {
        severity: 'bad',
        text: `jail ${jail.name} ended${exit} on ${name}`,
        since: jail.exit?.at ?? null,
        object: { type: 'jail', id: jail.id, name: jail.name },
        fix: `cellblock logs ${jail.name}`,
      };
    });
  const problems = status.problems.map(
    (problem): Attention => ({
      severity: 'bad',
      text: `${problem.message} (${name})`,
      since: problem.at,
      object: objectOf(problem.key),
      fix: problem.fix ?? null,
    }),
  );
  const refused = status.refused.map(
    (each): Attention => ({
      severity: 'bad',
      text: `host ${name} refuses: ${each.message}`,
      since: null,
      object: objectOf(each.key),
      fix: `Its bounds say so (${each.rule}): ask whoever is root on ${name}, or change what is wanted.`,
    }),
  );
  const lacking = status.checks
    .filter(({ verdict }) => verdict === 'lack')
    .map(
      (check): Attention => ({
        severity: 'warn',
        text: `host ${name} lacks ${check.title}${check.lost ? `: ${check.lost}` : ''}`,
        since: null,
        object: host,
        fix: check.fix ?? null,
      }),
    );
  return [...failed, ...problems, ...refused, ...lacking];
}

function exitText({ code, signal }: { code: number | null; signal: number | null }): string {
  return signal === null ? `status ${code}` : `signal ${signal}`;
}

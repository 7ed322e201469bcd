import type { ObjectRef } from '@cellblock/shared/audit-event';
import type { HostStatus } from '@cellblock/shared/host-status';
import type { HostState } from '@cellblock/shared/views/host-view';
import type { AttentionRule } from './attention-rules.ts';

/** One thing that is wrong, or that nobody can know, since when, and what to do about it. */
export interface Attention {
  /** the same trouble of the same thing has the same key, however often it comes */
  key: string;
  rule: AttentionRule;
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
/** A host's clock may be off by this much before certificates, logs and back-off suffer. */
const SKEW_MS = 5_000;

/** What a person should look at, worst first, then longest. What a silent host said last is not repeated. */
export function attentionOf(hosts: readonly HostReport[]): Attention[] {
  return worstFirst(
    hosts.flatMap((host) => [...ofHost(host), ...(host.state === 'ready' ? ofReport(host) : [])]),
  );
}

export function worstFirst(all: readonly Attention[]): Attention[] {
  return [...all].sort(
    (a, b) => ORDER[a.severity] - ORDER[b.severity] || (a.since ?? '').localeCompare(b.since ?? ''),
  );
}

export const attentionKey = (rule: AttentionRule, object: ObjectRef, part = ''): string =>
  `${rule} ${object.type}/${object.id}${part && ` ${part}`}`;

function ofHost(host: HostReport): Attention[] {
  const object = { type: 'host', id: host.id, name: host.name } as const;
  const of = (rule: AttentionRule) => ({ rule, key: attentionKey(rule, object), object });
  switch (host.state) {
    case 'waiting': {
      const since = host.enrolledAt.toISOString();
      const text = `host ${host.name} waits to be approved`;
      return [
        {
          ...of('host.waiting'),
          severity: 'warn',
          text,
          since,
          fix: 'Compare its fingerprint and approve it.',
        },
      ];
    }
    case 'locked': {
      const text = `host ${host.name} is locked: its key was used by two`;
      const fix = 'Find out who has a copy of its key, then approve it again.';
      const since = host.lastReportAt?.toISOString() ?? null;
      return [{ ...of('host.locked'), severity: 'bad', text, since, fix }];
    }
    case 'frozen': {
      const text = `host ${host.name} knows a newer past than this dashboard: its changes are frozen`;
      const fix = 'If this database was restored on purpose, approve the host again.';
      const since = host.lastReportAt?.toISOString() ?? null;
      return [{ ...of('host.frozen'), severity: 'bad', text, since, fix }];
    }
    case 'unknown': {
      const since = host.lastReportAt?.toISOString() ?? null;
      const text = since === null ? `host ${host.name} has never reported` : `host ${host.name} is silent`;
      return [
        { ...of('host.silent'), severity: 'unknown', text, since, fix: 'On the host: cellblock status' },
      ];
    }
    case 'ready':
      return [];
  }
}

function ofReport({ id, name, status, lastReportAt }: HostReport): Attention[] {
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
      const object = { type: 'jail', id: jail.id, name: jail.name } as const;
      return {
        rule: 'jail.failed',
        key: attentionKey('jail.failed', object),
        severity: 'bad',
        text: `jail ${jail.name} ended${exit} on ${name}`,
        since: jail.exit?.at ?? null,
        object,
        fix: `cellblock logs ${jail.name}`,
      };
    });
  const problems = status.problems.map(
    (problem): Attention => ({
      rule: 'step.failed',
      key: attentionKey('step.failed', objectOf(problem.key), `${problem.key} ${problem.step}`),
      severity: 'bad',
      text: `${problem.message} (${name})`,
      since: problem.at,
      object: objectOf(problem.key),
      fix: problem.fix ?? null,
    }),
  );
  const refused = status.refused.map(
    (each): Attention => ({
      rule: 'host.refuses',
      key: attentionKey('host.refuses', objectOf(each.key), `${each.key} ${each.rule}`),
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
        rule: 'host.check',
        key: attentionKey('host.check', host, check.id),
        severity: 'warn',
        text: `host ${name} lacks ${check.title}${check.lost ? `: ${check.lost}` : ''}`,
        since: null,
        object: host,
        fix: check.fix ?? null,
      }),
    );
  return [...failed, ...problems, ...refused, ...lacking, ...ofClock(host, status.at, lastReportAt)];
}

function ofClock(host: ObjectRef, saidAt: string, heardAt: Date | null): Attention[] {
  if (heardAt === null) return [];
  const off = Date.parse(saidAt) - heardAt.getTime();
  if (Math.abs(off) <= SKEW_MS) return [];
  const seconds = Math.round(Math.abs(off) / 1000);
  return [
    {
      rule: 'host.clock',
      key: attentionKey('host.clock', host),
      severity: 'warn',
      text: `the clock of host ${host.name} is ${seconds} s ${off > 0 ? 'ahead' : 'behind'}`,
      since: null,
      object: host,
      fix: 'On the host: timedatectl set-ntp true',
    },
  ];
}

function exitText({ code, signal }: { code: number | null; signal: number | null }): string {
  return signal === null ? `status ${code}` : `signal ${signal}`;
}

import type { HostCheck } from '@cellblock/shared/host-status';
import type { HostSummary, HostView } from '@cellblock/shared/views/host-view';
import { ageText, momentText } from '../output/moment.ts';
import { keyValues, type Printable } from '../output/print.ts';

export function hostTable(hosts: readonly HostSummary[], now: Date): Printable {
  return {
    data: hosts,
    headings: ['NAME', 'STATE', 'JAILS', 'CHECKS', 'KERNEL', 'REPORT'],
    rows: hosts.map((host) => [
      host.name,
      host.state,
      `${host.state === 'unknown' ? '?' : host.jails.running}/${host.jails.wanted}`,
      `${host.checks.have}/${host.checks.total}`,
      host.kernel ?? '-',
      ageText(host.lastReportAt, now),
    ]),
    names: hosts.map((host) => host.name),
  };
}

export function hostDetail(host: HostView): Printable {
  return keyValues(
    host,
    [host.name],
    [
      ['name', host.name],
      ['state', host.state],
      ['fingerprint', host.fingerprint],
      ['report', momentText(host.lastReportAt)],
      [
        'jails',
        `${host.jails.running} running ${host.state === 'unknown' ? 'when it reported, of' : 'of'} ${host.jails.wanted} wanted`,
      ],
      [
        'generation',
        `wanted ${host.generation.wanted}, accepted ${host.generation.accepted}, made true ${host.generation.converged}`,
      ],
      ['kernel', host.kernel ?? '-'],
      ['agent', host.agentVersion ?? '-'],
      ['checks', `${host.checks.have} of ${host.checks.total}`],
      ...host.problems.flatMap(({ step, message, fix }) => [
        ['problem', `${step}: ${message}`] as const,
        ...(fix === undefined ? [] : ([['fix', fix]] as const)),
      ]),
      ['id', host.id],
    ],
  );
}

export function checkTable(checks: readonly HostCheck[]): Printable {
  return {
    data: checks,
    headings: ['CHECK', 'VERDICT', 'EVIDENCE', 'LOST', 'FIX'],
    rows: checks.map((check) => [
      check.title,
      check.verdict,
      check.evidence,
      check.lost ?? '-',
      check.fix ?? '-',
    ]),
    names: checks.map((check) => check.id),
  };
}

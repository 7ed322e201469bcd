import { actorName } from '@cellblock/shared/actor';
import type { AuditEventView } from '@cellblock/shared/audit-event';
import type { AuditDetail } from '../dashboard/procedures.ts';
import { momentText } from '../output/moment.ts';
import { keyValues, type Printable } from '../output/print.ts';

export function auditTable(events: readonly AuditEventView[], data: unknown): Printable {
  return {
    data,
    headings: ['SEQ', 'AT', 'WHO', 'WHAT', 'OUTCOME'],
    rows: events.map((event) => [
      String(event.seq ?? '-'),
      momentText(event.at),
      actorName(event.actor),
      event.summary,
      event.outcome ?? event.latestOutcome ?? (event.phase === 'refusal' ? 'refused' : '-'),
    ]),
    names: events.map((event) => String(event.seq ?? event.id)),
  };
}

export function auditDetail(detail: AuditDetail): Printable {
  const { event } = detail;
  const row = (name: string, value: string | null) => (value === null ? [] : [[name, value] as const]);
  return keyValues(
    { event, outcomes: detail.outcomes, receipts: detail.receipts },
    [String(event.seq ?? event.id)],
    [
      ['seq', String(event.seq ?? '-')],
      ['at', momentText(event.at)],
      ['who', actorName(event.actor)],
      ...row('from', event.sourceAddress),
      ...row('credential', event.credential),
      ['what', event.summary],
      ...row('reason', event.reason),
      ['before', JSON.stringify(event.before ?? null)],
      ['after', JSON.stringify(event.after ?? null)],
      ...row('task', event.task),
      ...row('request', event.requestId),
      ...detail.outcomes.map(
        (outcome) => ['outcome', `${outcome.outcome ?? '-'} at ${momentText(outcome.at)}`] as const,
      ),
      ...detail.receipts.map(
        ({ body }) =>
          [
            'host reports',
            `#${body.seq} ${body.text}: ${body.result}${body.errno ? ` ${body.errno}` : ''}`,
          ] as const,
      ),
      ...(event.masked.length === 0 ? [] : [['masked', event.masked.join(', ')] as const]),
    ],
  );
}

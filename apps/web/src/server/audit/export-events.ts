import { actorName } from '@cellblock/shared/actor';
import type { AuditEventView } from '@cellblock/shared/audit-event';
import { inertJson, inertText } from '@cellblock/shared/inert-text';
import { recordAct } from '../record-act.ts';
import type { VerbContext } from '../verb-context.ts';
import { type EventQuery, searchEvents } from './search-events.ts';

/** All events of a filter and range as text. That it was made is an event itself, recorded before. */
export async function exportEvents(
  ctx: VerbContext,
  input: Pick<EventQuery, 'q' | 'from' | 'to'> & { format: 'csv' | 'ndjson' },
): Promise<string> {
  const { q, from, to, format } = input;
  // A wrong filter is refused before anything is recorded.
  await searchEvents(ctx, { q, from, to, limit: 1 });
  await recordAct(ctx, 'audit.export', async () => ({
    object: { type: 'audit', id: 'audit', name: 'audit history' },
    host: null,
    summary: `exported the audit history as ${format}`,
    after: { q: q ?? null, from: from ?? null, to: to ?? null, format },
    result: null,
  }));
  const lines: string[] = format === 'csv' ? [CSV_COLUMNS.map(([name]) => name).join(',')] : [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof searchEvents>> = await searchEvents(ctx, {
      q,
      from,
      to,
      cursor,
      limit: 1000,
    });
    for (const event of page.events)
      lines.push(format === 'csv' ? csvLine(event) : inertJson(JSON.stringify(event)));
    cursor = page.next;
  } while (cursor !== null);
  return `${lines.join('\n')}\n`;
}

const CSV_COLUMNS: [name: string, read: (event: AuditEventView) => unknown][] = [
  ['seq', (event) => event.seq],
  ['at', (event) => event.at],
  ['actor', (event) => actorName(event.actor)],
  ['action', (event) => event.kind],
  ['phase', (event) => event.phase],
  ['outcome', (event) => event.outcome ?? event.latestOutcome],
  ['type', (event) => event.object.type],
  ['object', (event) => event.object.name],
  ['host', (event) => event.host?.name],
  ['summary', (event) => event.summary],
  ['reason', (event) => event.reason],
  ['source', (event) => event.sourceAddress],
  ['session', (event) => event.sessionId],
  ['credential', (event) => event.credential],
  ['request', (event) => event.requestId],
  ['task', (event) => event.task],
  ['before', (event) => (event.before === null ? null : JSON.stringify(event.before))],
  ['after', (event) => (event.after === null ? null : JSON.stringify(event.after))],
  ['id', (event) => event.id],
];

function csvLine(event: AuditEventView): string {
  return CSV_COLUMNS.map(([, read]) => csvCell(read(event))).join(',');
}

/** A spreadsheet runs a cell that begins like a formula: such text gets a quote in front. What a terminal or an
 *  editor would obey is written as an escape. */
export function csvCell(value: unknown): string {
  const text = value === null || value === undefined ? '' : String(value);
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  const inert = inertText(harmless, '\n');
  return /[",\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}

import { AppError } from '@cellblock/shared/app-error';
import type { AuditEventView } from '@cellblock/shared/audit-event';
import { type FilterNode, matchesFilter, momentOf, parseFilter } from '@cellblock/shared/filter';
import { Prisma } from '../../generated/prisma/client.ts';
import type { Db } from '../db.ts';
import type { VerbContext } from '../verb-context.ts';
import { EVENT_FIELDS } from './event-fields.ts';
import { eventRows, eventViews } from './event-view.ts';

export interface EventQuery {
  q?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  cursor?: string | null | undefined;
  limit?: number | undefined;
  /** id of an object: what was done to it, and what touched it */
  object?: string | undefined;
}

export interface EventPage {
  events: AuditEventView[];
  /** where the next page begins; null: there is none */
  next: string | null;
  /** the range that was searched */
  from: string;
  to: string;
}

/** Events that are looked at for one answer; what is beyond is the next page's. */
const BUDGET = 20_000;
const BATCH = 500;

/** The newest events first, of a range, that a filter means. */
export async function searchEvents(
  ctx: Pick<VerbContext, 'db' | 'role'>,
  query: EventQuery,
): Promise<EventPage> {
  const now = new Date();
  const range = await rangeOf(ctx.db, query, now);
  const filter = filterOf(query.q);
  const limit = Math.min(query.limit ?? 100, 1000);
  const events: AuditEventView[] = [];
  let cursor = query.cursor ?? null;
  for (let looked = 0; looked < BUDGET; looked += BATCH) {
    const batch = await batchOf(ctx.db, range, cursor, query.object, filter ? BATCH : limit + 1);
    const views = await eventViews(ctx.db, await inOrder(ctx.db, batch), ctx.role);
    for (const view of views) {
      if (filter && !matchesFilter(filter, view, EVENT_FIELDS, now)) {
        cursor = cursorOf(view);
        continue;
      }
      if (events.length === limit) return page(events, cursor, range);
      events.push(view);
      cursor = cursorOf(view);
    }
    if (batch.length < (filter ? BATCH : limit + 1)) return page(events, null, range);
  }
  return page(events, cursor, range);
}

function page(events: AuditEventView[], next: string | null, range: Range): EventPage {
  return { events, next, from: range.from.toISOString(), to: range.to.toISOString() };
}

/** Throws with the place of the mistake and the nearest name of a field. */
export function filterOf(q: string | undefined): FilterNode | null {
  if (q === undefined || q.trim() === '') return null;
  const parsed = parseFilter(q, Object.keys(EVENT_FIELDS));
  if (parsed.ok) return parsed.filter;
  const { message, nearest } = parsed.error;
  throw new AppError('invalid', message, {
    field: 'q',
    cause: 'The filter has a word that this list does not know, or is not finished.',
    fix: nearest ? `Did you mean ${nearest}?` : `Fields are ${Object.keys(EVENT_FIELDS).join(', ')}.`,
    evidence: { ...parsed.error },
  });
}

export interface Range {
  from: Date;
  to: Date;
}

export async function rangeOf(
  db: Db,
  query: { from?: string | undefined; to?: string | undefined },
  now: Date,
): Promise<Range> {
  const oldest = query.from ? null : await db.auditEvent.findFirst({ orderBy: { at: 'asc' } });
  return {
    from: query.from ? moment(query.from, 'from', now) : (oldest?.at ?? now),
    // What is written in this very moment is meant too.
    to: query.to ? moment(query.to, 'to', now) : new Date(now.getTime() + 1_000),
  };
}

function moment(text: string, field: string, now: Date): Date {
  const at = momentOf(text, now);
  if (at) return at;
  throw new AppError('invalid', `${text} is no moment.`, {
    field,
    cause: 'It is neither a day and a time nor a time before now.',
    fix: 'Write 2026-11-22T14:00Z, or now-6h.',
  });
}

const cursorOf = (view: { at: string; id: string }) => `${view.at}_${view.id}`;

async function batchOf(
  db: Db,
  range: Range,
  cursor: string | null,
  object: string | undefined,
  count: number,
): Promise<string[]> {
  const [at, id] = cursor?.split('_') ?? [];
  const after =
    at && id ? Prisma.sql`AND (at, id) < (${new Date(at)}::timestamptz, ${id}::uuid)` : Prisma.empty;
  const about = object
    ? Prisma.sql`AND (object_id = ${object} OR id IN (
        SELECT event_id FROM audit_detail WHERE field = 'about' AND value ? ${object}))`
    : Prisma.empty;
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT id::text FROM audit_event
    WHERE at >= ${range.from}::timestamptz AND at <= ${range.to}::timestamptz ${about} ${after}
    ORDER BY at DESC, id DESC LIMIT ${count}`;
  return rows.map((row) => row.id);
}

async function inOrder(db: Db, ids: string[]) {
  const byId = new Map((await eventRows(db, ids)).map((row) => [row.id, row]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

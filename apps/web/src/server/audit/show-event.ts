import { AppError } from '@cellblock/shared/app-error';
import type { AuditEventView } from '@cellblock/shared/audit-event';
import { Receipt } from '@cellblock/shared/receipt';
import type { VerbContext } from '../verb-context.ts';
import { eventRows, eventViews } from './event-view.ts';

export interface EventDetail {
  event: AuditEventView;
  outcomes: AuditEventView[];
  receipts: Receipt[];
  sameSession: AuditEventView[];
}

/** One event with its outcomes, what the hosts account for, and what else was done in its session. */
export async function showEvent(
  ctx: Pick<VerbContext, 'db' | 'role'>,
  input: { seq?: number | undefined; id?: string | undefined },
): Promise<EventDetail> {
  const { db, role } = ctx;
  const numbered =
    input.seq === undefined ? null : await db.auditLeaf.findUnique({ where: { seq: BigInt(input.seq) } });
  const id = numbered?.eventId ?? input.id;
  const [row] = id === undefined ? [] : await eventRows(db, [id]);
  if (!row) {
    throw new AppError('not-found', `There is no event ${input.seq ?? input.id}.`, {
      field: input.seq === undefined ? 'id' : 'seq',
      cause: 'No event of the history has this number or id.',
      fix: 'Search for it: cellblock audit search',
    });
  }
  const intent = row.intent ?? row.id;
  const outcomes = await db.auditEvent.findMany({
    where: { intent },
    include: { details: true },
    orderBy: [{ at: 'asc' }, { id: 'asc' }],
  });
  const receipts = await db.receipt.findMany({
    where: { cause: intent },
    orderBy: [{ at: 'asc' }, { seq: 'asc' }],
  });
  const session = row.sessionId
    ? await db.auditEvent.findMany({
        where: { sessionId: row.sessionId, id: { not: row.id }, phase: { not: 'outcome' } },
        include: { details: true },
        orderBy: [{ at: 'desc' }, { id: 'desc' }],
        take: 20,
      })
    : [];
  const [event] = await eventViews(db, [row], role);
  if (!event) throw new Error('an event has no view');
  return {
    event,
    outcomes: await eventViews(db, outcomes, role),
    receipts: receipts.map(({ body, signature }) => Receipt.parse({ body, signature })),
    // Which session an event belongs to is masked for those who may not read details.
    sameSession: event.sessionId === null ? [] : await eventViews(db, session, role),
  };
}

import { Actor } from '@cellblock/shared/actor';
import {
  type AuditEventView,
  AuditKind,
  AuditOutcome,
  AuditPhase,
  ObjectRef,
} from '@cellblock/shared/audit-event';
import { type Role, roleCan } from '@cellblock/shared/role';
import type { Db } from '../db.ts';
import { seqsOf } from './event-seqs.ts';

export type EventRow = Awaited<ReturnType<typeof eventRows>>[number];

export async function eventRows(db: Db, ids: string[]) {
  return await db.auditEvent.findMany({ where: { id: { in: ids } }, include: { details: true } });
}

/**
 * Events as a person of a role may see them. Who may not read the history's details gets `null` there, with
 * the names of what is masked; command lines and reasons are masked for operators too.
 */
export async function eventViews(db: Db, rows: EventRow[], role: Role | null): Promise<AuditEventView[]> {
  const ids = rows.map(({ id }) => id);
  const intents = rows.flatMap(({ intent }) => intent ?? []);
  const seqs = await seqsOf(db, [...ids, ...intents]);
  const outcomes = await db.auditEvent.findMany({
    where: { intent: { in: ids } },
    select: { intent: true, outcome: true },
    orderBy: [{ at: 'asc' }, { id: 'asc' }],
  });
  const latest = new Map(outcomes.map(({ intent, outcome }) => [intent, outcome]));
  const tasks = await db.task.findMany({
    where: { event: { in: [...ids, ...intents] } },
    select: { id: true, event: true },
  });
  const taskOf = new Map(tasks.map(({ id, event }) => [event, `T-${id}`]));
  return rows.map((row) => {
    const detail = new Map(row.details.map(({ field, value }) => [field, value as unknown]));
    const text = (field: string) => (detail.get(field) as string | undefined) ?? null;
    const view: AuditEventView = {
      seq: seqs.get(row.id) ?? null,
      id: row.id,
      at: row.at.toISOString(),
      kind: AuditKind.parse(row.kind),
      phase: AuditPhase.parse(row.phase),
      intent: row.intent ? { id: row.intent, seq: seqs.get(row.intent) ?? null } : null,
      actor: Actor.safeParse(detail.get('actor')).data ?? { type: 'system', name: row.actorId },
      object: ObjectRef.parse({
        type: row.objectType,
        id: row.objectId,
        name: text('object') ?? row.objectId,
      }),
      host: row.hostId ? { id: row.hostId, name: text('host') ?? row.hostId } : null,
      summary: text('summary') ?? `${row.kind} of ${row.objectType} ${row.objectId}`,
      before: detail.get('before') ?? null,
      after: detail.get('after') ?? (detail.has('refusal') ? { refusal: detail.get('refusal') } : null),
      outcome: row.outcome === null ? null : AuditOutcome.parse(row.outcome),
      latestOutcome: latest.has(row.id) ? AuditOutcome.parse(latest.get(row.id)) : null,
      reason: text('reason'),
      sourceAddress: text('sourceAddress'),
      sessionId: row.sessionId,
      credential: row.credential,
      requestId: row.requestId,
      task: taskOf.get(row.intent ?? row.id) ?? null,
      masked: [],
    };
    return masked(view, role);
  });
}

const FOR_AUDITORS = ['reason', 'sourceAddress', 'sessionId', 'credential', 'requestId'] as const;
const FOR_OPERATORS = ['before', 'after'] as const;

function masked(view: AuditEventView, role: Role | null): AuditEventView {
  if (role === null || roleCan(role, 'audit')) return view;
  const hidden: (keyof AuditEventView)[] = [...FOR_AUDITORS];
  // What a command line holds is its writer's and the auditor's.
  if (!roleCan(role, 'operate') || view.kind === 'jail.exec') hidden.push(...FOR_OPERATORS);
  const there = hidden.filter((field) => view[field] !== null);
  return { ...view, ...Object.fromEntries(there.map((field) => [field, null])), masked: there };
}

import { AppError, Refusal } from '@cellblock/shared/app-error';
import { AuditKind, ObjectRef } from '@cellblock/shared/audit-event';
import { ReceiptBody } from '@cellblock/shared/receipt';
import type { HostState } from '@cellblock/shared/views/host-view';
import { TaskState, type TaskView } from '@cellblock/shared/views/task-view';
import { seqsOf } from '../audit/event-seqs.ts';
import type { Db, Tx } from '../db.ts';
import { hostStateOf } from '../hosts/host-state-of.ts';

type TaskRow = Awaited<ReturnType<Db['task']['findMany']>>[number];

/** `T-17` or `17`. */
export function taskNumber(text: string): number {
  const match = /^(?:T-)?(\d{1,9})$/i.exec(text);
  if (match) return Number(match[1]);
  throw new AppError('invalid', `${text} is no task: they are written T-17.`, {
    field: 'task',
    cause: 'A task is named by T- and its number.',
    fix: 'List them: cellblock task ls',
  });
}

/** One task with its steps, as its hosts accounted for them. */
export async function readTask(db: Db | Tx, id: number): Promise<TaskView> {
  const row = await db.task.findUnique({ where: { id } });
  if (!row) {
    throw new AppError('not-found', `There is no task T-${id}.`, {
      field: 'task',
      cause: 'No task has this number.',
      fix: 'List them: cellblock task ls',
    });
  }
  const [view] = await taskViews(db, [row]);
  if (!view) throw new Error(`task ${id} has no view`);
  return view;
}

/** Newest first. */
export async function listTasks(db: Db, query: { state?: TaskState; limit?: number }): Promise<TaskView[]> {
  const rows = await db.task.findMany({
    where: query.state ? { state: query.state } : {},
    orderBy: { id: 'desc' },
    take: query.limit ?? 100,
  });
  return await taskViews(db, rows);
}

export async function taskViews(db: Db | Tx, rows: TaskRow[]): Promise<TaskView[]> {
  const events = rows.map((row) => row.event);
  const receipts = await db.receipt.findMany({
    where: { cause: { in: events } },
    orderBy: [{ at: 'asc' }, { seq: 'asc' }],
  });
  const seqs = await seqsOf(db, events);
  const hosts = await db.host.findMany({
    where: { id: { in: rows.flatMap((row) => row.hosts) } },
    select: { id: true, name: true, state: true, lastReportAt: true },
  });
  const stepsOf = Map.groupBy(receipts, (receipt) => receipt.cause);
  return rows.map((row) => ({
    id: `T-${row.id}`,
    kind: AuditKind.parse(row.kind),
    object: ObjectRef.parse({ type: row.objectType, id: row.objectId, name: row.objectName }),
    host: row.hostId && row.hostName ? { id: row.hostId, name: row.hostName } : null,
    by: row.by,
    state: TaskState.parse(row.state),
    ...whyItWaits(row, hosts),
    refusal: row.refusal === null ? null : Refusal.parse(row.refusal),
    steps: (stepsOf.get(row.event) ?? []).map(stepOf),
    event: { id: row.event, seq: seqs.get(row.event) ?? null },
    createdAt: row.createdAt.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
  }));
}

/** Why an open task does not move, when it is a host that says nothing. */
function whyItWaits(
  row: Pick<TaskRow, 'state' | 'hosts' | 'message'>,
  hosts: readonly { id: string; name: string; state: string; lastReportAt: Date | null }[],
): Pick<TaskView, 'message' | 'waitsFor'> {
  const open = row.state === 'wanted' || row.state === 'accepted';
  const absent = open
    ? hosts.find((host) => row.hosts.includes(host.id) && hostStateOf(host) !== 'ready')
    : undefined;
  if (!absent) return { message: row.message, waitsFor: null };
  const { name, lastReportAt } = absent;
  const state = hostStateOf(absent);
  const since = lastReportAt?.toISOString() ?? null;
  return {
    message: row.message ?? waitText(name, state, since),
    waitsFor: { host: name, state, since },
  };
}

function waitText(name: string, state: HostState, since: string | null): string {
  if (state !== 'unknown') return `Waits for host ${name}, which is ${state}.`;
  return `Waits for host ${name}: ${since ? `silent since ${since}` : 'has never reported'}. It is done when that host is back.`;
}

function stepOf(receipt: { seq: number; body: unknown }): TaskView['steps'][number] {
  const body = ReceiptBody.parse(receipt.body);
  const { text, result, errno, message, at, durationMs } = body;
  return { text, result, errno, message, at, durationMs, receipt: receipt.seq };
}

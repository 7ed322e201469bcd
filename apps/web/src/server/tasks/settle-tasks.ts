import type { AuditKind, AuditOutcome, ObjectRef } from '@cellblock/shared/audit-event';
import { HostStatus } from '@cellblock/shared/host-status';
import { newEventId } from '../audit/event-id.ts';
import { recordEvent } from '../audit/record-event.ts';
import type { Tx } from '../db.ts';
import { type Facts, type Verdict, verdictOf } from './verdict.ts';
import { Want, withoutSettings } from './want.ts';

/**
 * Moves the open tasks of a host on, by its last report and receipts, and appends the outcome to their
 * intents. A task that failed and was made true by a later try gets a second outcome. Answers the topics
 * of what changed. The caller holds the host's lock.
 */
export async function settleTasks(tx: Tx, hostId: string): Promise<string[]> {
  const tasks = await tx.task.findMany({
    where: { hosts: { has: hostId }, state: { in: ['wanted', 'accepted', 'failed'] } },
    orderBy: { id: 'asc' },
  });
  if (tasks.length === 0) return [];
  const facts = await loadFacts(tx, tasks);
  const topics: string[] = [];
  for (const task of tasks) {
    const verdict = verdictOf(
      { event: task.event, hosts: task.hosts, wants: Want.array().parse(task.wants) },
      facts,
    );
    if (task.state === 'failed' && verdict.state !== 'applied') continue;
    if (verdict.state === task.state && verdict.message === task.message) continue;
    const ended = verdict.state !== 'accepted' && verdict.state !== 'wanted';
    await tx.task.update({
      where: { id: task.id },
      data: {
        state: verdict.state,
        message: verdict.message,
        ...(verdict.refusal && { refusal: verdict.refusal as object }),
        ...(ended && { endedAt: new Date(), wants: withoutSettings(task.wants) }),
      },
    });
    topics.push(`task/T-${task.id}`);
    if (!ended) continue;
    await appendOutcome(tx, task, verdict, hostId);
    globalThis.crashHere?.('dashboard appended an outcome');
    topics.push('audit');
  }
  return topics;
}

async function appendOutcome(
  tx: Tx,
  task: {
    event: string;
    kind: string;
    objectType: string;
    objectId: string;
    objectName: string;
    hosts: string[];
  },
  verdict: Verdict,
  hostId: string,
): Promise<void> {
  const host = await tx.host.findUniqueOrThrow({ where: { id: hostId }, select: { id: true, name: true } });
  const receipts = await tx.receipt.findMany({
    // What another host says of it is no account of this task.
    where: { cause: task.event, hostId: { in: task.hosts } },
    select: { hostId: true, seq: true, signature: true },
    orderBy: { seq: 'asc' },
  });
  await recordEvent(
    tx,
    { actor: { type: 'host', ...host }, session: null, sourceAddress: null, requestId: '' },
    {
      id: newEventId(),
      kind: task.kind as AuditKind,
      phase: 'outcome',
      outcome: verdict.state as AuditOutcome,
      intent: task.event,
      object: {
        type: task.objectType as ObjectRef['type'],
        id: task.objectId,
        name: task.objectName,
      },
      host,
      summary: `host ${host.name} reports ${task.kind} of ${task.objectName}: ${verdict.state}${verdict.message ? `. ${verdict.message}` : ''}`,
      after: { receipts },
      ...(verdict.refusal && { refusal: verdict.refusal }),
    },
  );
}

async function loadFacts(
  tx: Tx,
  tasks: { event: string; wants: unknown; hosts: string[] }[],
): Promise<Facts> {
  const wants = tasks.flatMap(({ wants }) => Want.array().parse(wants));
  const addresses = await tx.ipAssignment.findMany({
    where: { id: { in: wants.filter(({ type }) => type === 'address').map(({ id }) => id) } },
    select: { id: true, jailId: true, seenFrom: true, seenGone: true },
  });
  const jails = await tx.jail.findMany({
    where: { id: { in: wants.filter(({ type }) => type === 'jail').map(({ id }) => id) } },
    select: { id: true, goneAt: true },
  });
  const networks = await tx.network.findMany({
    where: { id: { in: wants.filter(({ type }) => type === 'network').map(({ id }) => id) } },
    select: { id: true, removedAt: true },
  });
  const hosts = await tx.host.findMany({
    where: { id: { in: tasks.flatMap(({ hosts }) => hosts) } },
    select: { id: true, name: true, status: true, receiptSeq: true },
  });
  const receipts = await tx.receipt.findMany({
    where: { cause: { in: tasks.map(({ event }) => event) } },
    select: { cause: true },
  });
  return {
    hosts: new Map(
      hosts.map((host) => {
        const status = HostStatus.safeParse(host.status);
        return [host.id, { ...host, status: status.success ? status.data : null }];
      }),
    ),
    addresses: new Map(addresses.map((row) => [row.id, row])),
    gone: new Set([
      ...jails.filter(({ goneAt }) => goneAt !== null).map(({ id }) => id),
      ...networks.filter(({ removedAt }) => removedAt !== null).map(({ id }) => id),
    ]),
    accounted: new Set(receipts.flatMap(({ cause }) => cause ?? [])),
  };
}

import { Actor, actorName } from '@cellblock/shared/actor';
import { Refusal } from '@cellblock/shared/app-error';
import { type EnrolmentProgress, HostArrival } from '@cellblock/shared/views/enrolment-view';
import * as z from 'zod';
import type { RequestContext } from '../api/request-context.ts';
import type { Db } from '../db.ts';
import { hostStateOf } from './host-state-of.ts';

export const EnrolmentRef = z.object({ id: z.uuid().nullable().default(null) });

const SHOWN_MS = 3_600_000;
const MOST = 10;

/** What has happened to a line, and who has come by it or by another: for whoever waits for a host. */
export async function enrolmentProgress(
  ctx: Pick<RequestContext, 'services'> & { db: Db },
  input: z.output<typeof EnrolmentRef>,
): Promise<EnrolmentProgress> {
  const { db, services } = ctx;
  const since = new Date(Date.now() - SHOWN_MS);
  const line = input.id === null ? null : await db.enrollment.findUnique({ where: { id: input.id } });
  const hosts = await db.host.findMany({
    where: { state: { not: 'removed' }, local: false },
    orderBy: { enrolledAt: 'asc' },
  });
  const waiting = hosts.filter(({ state }) => state === 'waiting');
  const approved = hosts.filter(({ approvedAt }) => approvedAt !== null && approvedAt >= since);
  const machines = await db.host.findMany({
    where: {
      state: { not: 'removed' },
      machineId: { in: waiting.flatMap(({ machineId }) => machineId || []) },
    },
    select: { id: true, name: true, machineId: true },
  });
  const refused = await refusedSince(db, since);
  const wasRefused = (address: string, at: Date) =>
    refused.some((each) => each.sourceAddress === address && new Date(each.at) >= at);
  const arrivedFrom = (address: string, at: Date) =>
    hosts.some(({ arrival }) => {
      const came = HostArrival.safeParse(arrival).data;
      return came?.sourceAddress === address && new Date(came.at) >= at;
    });
  return {
    line: line && {
      name: line.name,
      createdBy: line.createdBy,
      expiresAt: line.expiresAt.toISOString(),
      usedAt: line.usedAt?.toISOString() ?? null,
      usedBy: line.usedBy,
    },
    seen: services.seenAtInstall
      .since(since)
      .filter(({ sourceAddress, at }) => !arrivedFrom(sourceAddress, at) && !wasRefused(sourceAddress, at))
      .map(({ sourceAddress, did, at }) => ({ sourceAddress, did, at: at.toISOString() })),
    waiting: waiting.map(({ id, name, fingerprint, arrival, machineId }) => ({
      id,
      name,
      fingerprint,
      arrival: HostArrival.safeParse(arrival).data ?? null,
      twin: machines.find((each) => each.machineId === machineId && each.id !== id)?.name ?? null,
    })),
    approved: approved.map((host) => ({
      id: host.id,
      name: host.name,
      at: (host.approvedAt ?? host.enrolledAt).toISOString(),
      state: hostStateOf(host),
    })),
    refused,
    rejected: await rejectedSince(db, since),
  };
}

async function refusedSince(db: Db, since: Date): Promise<EnrolmentProgress['refused']> {
  const rows = await db.auditEvent.findMany({
    where: {
      kind: 'host.enroll',
      phase: 'refusal',
      actorType: { in: ['system', 'host'] },
      at: { gte: since },
    },
    include: { details: true },
    orderBy: { at: 'desc' },
    take: MOST,
  });
  return rows.flatMap(({ at, objectId, details }) => {
    const detail = new Map(details.map(({ field, value }) => [field, value as unknown]));
    const refusal = Refusal.safeParse(detail.get('refusal')).data;
    if (refusal === undefined) return [];
    return {
      at: at.toISOString(),
      name: String(detail.get('object') ?? objectId),
      sourceAddress: (detail.get('sourceAddress') as string | undefined) ?? null,
      message: refusal.message,
      fix: refusal.fix ?? null,
    };
  });
}

const Rejected = z.object({ state: z.literal('waiting') });

async function rejectedSince(db: Db, since: Date): Promise<EnrolmentProgress['rejected']> {
  const rows = await db.auditEvent.findMany({
    where: { kind: 'host.remove', phase: 'intent', at: { gte: since } },
    include: { details: true },
    orderBy: { at: 'desc' },
    take: MOST,
  });
  return rows.flatMap(({ at, objectId, actorId, details }) => {
    const detail = new Map(details.map(({ field, value }) => [field, value as unknown]));
    if (!Rejected.safeParse(detail.get('before')).success) return [];
    const actor = Actor.safeParse(detail.get('actor')).data;
    return {
      at: at.toISOString(),
      name: String(detail.get('object') ?? objectId),
      by: actor ? actorName(actor) : actorId,
    };
  });
}

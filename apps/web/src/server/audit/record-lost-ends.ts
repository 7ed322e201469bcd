import { randomUUID } from 'node:crypto';
import type { AuditKind, ObjectRef } from '@cellblock/shared/audit-event';
import type { Db, Tx } from '../db.ts';
import { notifyChanges } from '../fleet-topics.ts';
import { appendLeaves } from './append-leaves.ts';
import { newEventId } from './event-id.ts';
import { recordEvent } from './record-event.ts';

/** Taken by whoever looks: any number that only this code uses. */
const LOOKER_LOCK = 7_227_003;

/** Longer than an image takes that is made, and than a host is silent that still tests a row. */
const IMAGE_MS = 3_600_000;
const XRAY_MS = 3_600_000;
const ANSWERS_MS = 15 * 60_000;
/** Longer than a connection to a host lasts that answers nothing. */
const ASKED_MS = 15 * 60_000;
/**
 * Somebody may wait for the first line of a jail that has never written one, and sit at a terminal of it for as long as
 * nobody ends that: who does so for longer is heard of later.
 */
const SESSION_MS = 24 * 3_600_000;
/** A permission lasts 30 days at the most, and its revocation may wait for a day beyond. */
const LOOKED_BACK_MS = 40 * 24 * 3_600_000;

/**
 * Writes into the history that nobody heard how something ended that a host was asked for: the process that listened
 * is gone, and the host has nobody to tell. One that is heard of after all has a later outcome. Answers how many.
 */
export async function recordLostEnds(db: Db, now = new Date()): Promise<number> {
  const recorded = await db.$transaction(async (tx) => {
    // Other dashboards look too: of two that see the same one, the second sees what the first wrote.
    await tx.$queryRaw`SELECT pg_advisory_xact_lock(${LOOKER_LOCK})::text`;
    const lost = [...(await lostOfHosts(tx, now)), ...(await lostOfJails(tx, now))];
    const intents = await tx.auditEvent.findMany({
      where: { id: { in: lost.map(({ id }) => id) } },
      include: { details: { where: { field: { in: ['object', 'host', 'summary', 'about'] } } } },
    });
    for (const { id, kind, objectType, objectId, hostId, details } of intents) {
      const detail = (field: string) => details.find((each) => each.field === field)?.value;
      const told = (field: string) => String(detail(field) ?? '');
      const object = { type: objectType as ObjectRef['type'], id: objectId, name: told('object') };
      const author = {
        actor: { type: 'system' as const, name: 'cellblock' },
        ...{ session: null, sourceAddress: null, requestId: randomUUID() },
      };
      await recordEvent(tx, author, {
        id: newEventId(),
        kind: kind as AuditKind,
        phase: 'outcome',
        outcome: 'unknown',
        intent: id,
        object,
        host: hostId === null ? null : { id: hostId, name: told('host') },
        summary: `nobody heard what came of it: ${told('summary')}`,
        about: (detail('about') ?? []) as string[],
      });
    }
    if (intents.length > 0)
      await notifyChanges(tx, ['audit', ...intents.map((each) => `${each.objectType}/${each.objectId}`)]);
    return intents.length;
  });
  if (recorded > 0) await appendLeaves(db);
  return recorded;
}

/** What a host makes or tests. */
function lostOfHosts(tx: Tx, now: Date): Promise<{ id: string }[]> {
  return tx.$queryRaw`
    SELECT e.id FROM audit_event e
    WHERE e.object_type = 'host' AND e.phase = 'intent'
      AND (e.kind IN ('image.bootstrap', 'image.pull', 'image.upload')
             AND e.at < ${ago(now, IMAGE_MS)}::timestamptz
        OR e.kind = 'answers.run' AND e.at < ${ago(now, ANSWERS_MS)}::timestamptz
             AND NOT EXISTS (SELECT 1 FROM answers_run r WHERE r.intent = e.id
                             AND r.heard_at >= ${ago(now, ANSWERS_MS)}::timestamptz))
      AND NOT EXISTS (SELECT 1 FROM audit_event o WHERE o.intent = e.id)
    ORDER BY e.at LIMIT 100`;
}

/**
 * What is done in a jail, what of it is read, and who sees it. A revocation that waits for its host is not lost.
 * The kinds are those of the index audit_event_awaited.
 */
function lostOfJails(tx: Tx, now: Date): Promise<{ id: string }[]> {
  return tx.$queryRaw`
    SELECT e.id FROM audit_event e
    WHERE e.phase = 'intent'
      AND e.kind IN ('jail.logs', 'jail.exec', 'jail.console', 'jail.files', 'jail.signal', 'jail.prove', 'jail.xray',
                     'grant.see', 'grant.revoke')
      AND e.at > ${ago(now, LOOKED_BACK_MS)}::timestamptz
      AND e.at < ${ago(now, ASKED_MS)}::timestamptz
      AND (e.kind NOT IN ('jail.logs', 'jail.exec', 'jail.console') OR e.at < ${ago(now, SESSION_MS)}::timestamptz)
      -- A twin is built and walked while its caller waits.
      AND (e.kind <> 'jail.xray' OR e.at < ${ago(now, XRAY_MS)}::timestamptz)
      AND NOT EXISTS (SELECT 1 FROM sight_grant g WHERE g.revoke_event = e.id AND g.ended_at IS NULL)
      -- That the time of a permission is over says nothing of how its granting came out.
      AND NOT EXISTS (SELECT 1 FROM audit_event o WHERE o.intent = e.id AND o.kind = e.kind)
    ORDER BY e.at LIMIT 100`;
}

const ago = (now: Date, ms: number) => new Date(now.getTime() - ms);

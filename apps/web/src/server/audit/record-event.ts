import { createHash, randomBytes } from 'node:crypto';
import type { Actor } from '@cellblock/shared/actor';
import type { Refusal } from '@cellblock/shared/app-error';
import type { AuditKind, AuditOutcome, AuditPhase, ObjectRef } from '@cellblock/shared/audit-event';
import { canonicalJson } from '@cellblock/shared/canonical-json';
import type { Tx } from '../db.ts';
import type { VerbContext } from '../verb-context.ts';

/** Who is written into the history. */
export type Author = Pick<VerbContext, 'actor' | 'session' | 'sourceAddress' | 'requestId'>;

export interface EventRecord {
  id: string;
  kind: AuditKind;
  phase: AuditPhase;
  intent?: string;
  outcome?: AuditOutcome;
  object: ObjectRef;
  host: { id: string; name: string } | null;
  summary: string;
  before?: unknown;
  after?: unknown;
  reason?: string | null;
  refusal?: Refusal;
  /** ids of other objects that it touches: the jail of an address, the network of a pool */
  about?: string[];
}

/**
 * Adds one record to the history inside the caller's transaction: a leaf of digests, and each detail beside
 * it with a salt of its own, so that a detail can be erased one day and the leaf still holds.
 */
export async function recordEvent(tx: Tx, author: Author, event: EventRecord): Promise<void> {
  const details = detailsOf(author, event).map(([field, value]) => ({ field, value, salt: randomBytes(16) }));
  const at = new Date();
  const leaf = canonicalJson({
    v: 1,
    kind: event.kind,
    phase: event.phase,
    op: event.intent ?? event.id,
    at: at.toISOString(),
    actor: {
      t: author.actor.type,
      id: actorId(author.actor),
      ...(author.session && { sess: sha256(author.session.id), auth: author.session.credential }),
    },
    scope: `${event.object.type}/${event.object.id}`,
    ...(event.host && { host: event.host.id }),
    ...(event.outcome && { outcome: event.outcome }),
    sd: details
      .map(({ field, value, salt }) => sha256(canonicalJson([salt.toString('base64'), field, value])))
      .sort(),
  });
  await tx.auditEvent.create({
    data: {
      id: event.id,
      at,
      kind: event.kind,
      phase: event.phase,
      intent: event.intent ?? null,
      actorType: author.actor.type,
      actorId: actorId(author.actor),
      objectType: event.object.type,
      objectId: event.object.id,
      hostId: event.host?.id ?? null,
      outcome: event.outcome ?? null,
      sessionId: author.session?.id ?? null,
      credential: author.session?.credential ?? null,
      requestId: author.requestId,
      leaf,
    },
  });
  await tx.auditDetail.createMany({
    data: details.map((detail) => ({ eventId: event.id, ...detail, value: detail.value as object })),
  });
}

/** Stable word for an actor in columns and leaves; the name is detail. */
export function actorId(actor: Actor): string {
  switch (actor.type) {
    case 'user':
    case 'token':
    case 'host':
      return actor.id;
    case 'root':
      return `uid:${actor.loginUid ?? 0}`;
    case 'system':
      return actor.name;
  }
}

function detailsOf(author: Author, event: EventRecord): [field: string, value: unknown][] {
  const all: [string, unknown][] = [
    ['actor', author.actor],
    ['object', event.object.name],
    ['host', event.host?.name],
    ['summary', event.summary],
    ['before', event.before],
    ['after', event.after],
    ['reason', event.reason],
    ['sourceAddress', author.sourceAddress],
    ['refusal', event.refusal],
    ['about', event.about?.length ? event.about : null],
  ];
  return all.filter(([, value]) => value !== undefined && value !== null).map(([f, v]) => [f, plain(v)]);
}

/** As JSON will hold it, so that the digest is taken over what is stored. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}

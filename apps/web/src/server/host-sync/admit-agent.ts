import { createHash } from 'node:crypto';
import { type AgentHello, fingerprintText } from '@cellblock/shared/agent-handshake';
import { AppError } from '@cellblock/shared/app-error';
import { Name } from '@cellblock/shared/name';
import { appendLeaves } from '../audit/append-leaves.ts';
import { newEventId } from '../audit/event-id.ts';
import { recordEvent } from '../audit/record-event.ts';
import { hashOfSecret } from '../auth/one-time-secret.ts';
import type { Tx } from '../db.ts';
import { notifyChanges } from '../fleet-topics.ts';
import type { WebServices } from '../web-services.ts';

type HostRef = { id: string; name: string };

export type Admission =
  | { type: 'ready'; host: HostRef }
  | { type: 'waiting'; host: HostRef; fingerprint: string; message: string }
  | { type: 'refused'; reason: string; message: string; fix?: string };

/**
 * What becomes of an agent that has proved its key: known ones go on, unknown ones need the secret of an
 * enrolment. The counter of connections must grow. A copy of the key cannot keep step with the original:
 * whichever of the two comes second shows a number that was used, and the host is locked. It may skip
 * numbers, since an agent counts a connection before it is sure that it came through.
 */
export async function admitAgent(
  services: WebServices,
  hello: AgentHello,
  sourceAddress: string | null,
): Promise<Admission> {
  const admission = await services.db.$transaction(async (tx) => {
    // Two first connections of the same key stand in line.
    await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${hello.publicKey}, 0))::text`;
    const host = await tx.host.findUnique({ where: { publicKey: hello.publicKey } });
    if (host === null || host.state === 'removed') return await enrol(tx, hello, host, sourceAddress);
    if (host.state === 'locked') return lockedHost(host);
    if (BigInt(hello.counter) <= host.connectionCounter) {
      return await lock(tx, host, hello.counter, sourceAddress);
    }
    await tx.host.update({ where: { id: host.id }, data: { connectionCounter: hello.counter } });
    if (host.state === 'waiting') return waitingHost(host);
    return { type: 'ready' as const, host: { id: host.id, name: host.name } };
  });
  await appendLeaves(services.db);
  return admission;
}

async function enrol(
  tx: Tx,
  hello: AgentHello,
  removed: { id: string } | null,
  sourceAddress: string | null,
): Promise<Admission> {
  if (hello.token === undefined) {
    return {
      type: 'refused',
      reason: 'unknown-host',
      message: 'This dashboard does not know this host.',
      fix: 'Enrol it: run `cellblock host enroll` at the dashboard and paste its line on the host.',
    };
  }
  const hash = hashOfSecret(hello.token);
  await tx.$queryRaw`SELECT id::text FROM host_enrollment WHERE hash = ${hash} FOR UPDATE`;
  const enrollment = await tx.enrollment.findUnique({ where: { hash } });
  const refusal = enrollmentRefusal(enrollment);
  if (enrollment === null || refusal !== null) {
    const told = refusal ?? unknownToken();
    // Whoever holds a line that was ours once is worth a record; anybody can make up a secret.
    if (enrollment !== null && told.type === 'refused') await recordRefused(tx, hello, told, sourceAddress);
    return told;
  }

  const fingerprint = fingerprintOf(hello.publicKey);
  const name = await freeName(tx, enrollment.name ?? hello.hostname);
  const now = new Date();
  const fields = {
    name,
    fingerprint,
    state: enrollment.local ? 'ready' : 'waiting',
    local: enrollment.local,
    machineId: hello.machineId,
    connectionCounter: hello.counter,
    enrolledAt: now,
    approvedAt: enrollment.local ? now : null,
    removedAt: null,
  };
  // A host that was removed and comes back with its key goes on with its history and its chain of receipts.
  const host =
    removed === null
      ? await tx.host.create({ data: { publicKey: hello.publicKey, ...fields } })
      : await tx.host.update({ where: { id: removed.id }, data: fields });
  await tx.enrollment.update({ where: { id: enrollment.id }, data: { usedAt: now, usedBy: host.name } });
  await recordEvent(
    tx,
    { actor: { type: 'host', id: host.id, name }, session: null, sourceAddress, requestId: newEventId() },
    {
      id: newEventId(),
      kind: 'host.enroll',
      phase: 'outcome',
      outcome: 'applied',
      intent: enrollment.event,
      object: { type: 'host', id: host.id, name },
      host: { id: host.id, name },
      summary: `host ${name} came with its key ${fingerprint}`,
      after: {
        fingerprint,
        hostname: hello.hostname,
        agentVersion: hello.agentVersion,
        local: enrollment.local,
      },
    },
  );
  await notifyChanges(tx, [`host/${host.id}`, 'audit']);
  return enrollment.local ? { type: 'ready', host: { id: host.id, name } } : waitingHost(host);
}

async function recordRefused(
  tx: Tx,
  hello: AgentHello,
  told: Extract<Admission, { type: 'refused' }>,
  sourceAddress: string | null,
): Promise<void> {
  const { message, fix, reason } = told;
  const name = hello.hostname.slice(0, 63);
  const evidence = { reason, fingerprint: fingerprintOf(hello.publicKey) };
  await recordEvent(
    tx,
    { actor: { type: 'system', name: 'enrolment' }, session: null, sourceAddress, requestId: newEventId() },
    {
      id: newEventId(),
      kind: 'host.enroll',
      phase: 'refusal',
      object: { type: 'host', id: name, name },
      host: null,
      summary: `an agent that calls itself ${name} was refused: ${message}`,
      refusal: { code: 'denied', message, ...(fix ? { fix } : {}), evidence },
    },
  );
  await notifyChanges(tx, ['audit']);
}

function enrollmentRefusal(
  enrollment: { usedAt: Date | null; usedBy: string | null; expiresAt: Date } | null,
): Admission | null {
  if (enrollment === null) return unknownToken();
  if (enrollment.usedAt !== null) {
    return {
      type: 'refused',
      reason: 'token-used',
      message: `This enrolment line was used at ${enrollment.usedAt.toISOString()} by host ${enrollment.usedBy}.`,
      fix: 'A line enrols one host: make another with `cellblock host enroll`.',
    };
  }
  if (enrollment.expiresAt.getTime() <= Date.now()) {
    return {
      type: 'refused',
      reason: 'token-expired',
      message: `This enrolment line ended at ${enrollment.expiresAt.toISOString()}; here it is ${new Date().toISOString()}.`,
      fix: 'Make another with `cellblock host enroll`: it is good for 15 minutes.',
    };
  }
  return null;
}

function unknownToken(): Admission {
  return {
    type: 'refused',
    reason: 'token-unknown',
    message: 'This enrolment secret is not one of ours.',
    fix: 'Copy the whole line that `cellblock host enroll` printed, at this dashboard.',
  };
}

async function lock(
  tx: Tx,
  host: HostRef & { connectionCounter: bigint },
  counter: number,
  sourceAddress: string | null,
): Promise<Admission> {
  await tx.host.update({ where: { id: host.id }, data: { state: 'locked' } });
  const refusal = new AppError('denied', `Host ${host.name} is locked: its key was used twice.`, {
    cause: `A connection came as number ${counter}, and number ${host.connectionCounter} was there before.`,
    fix: `Find out who has a copy of the key and remove it. Then: cellblock host approve ${host.name}`,
    evidence: { counter, seen: Number(host.connectionCounter), sourceAddress },
  }).refusal;
  await recordEvent(
    tx,
    {
      actor: { type: 'host', id: host.id, name: host.name },
      session: null,
      sourceAddress,
      requestId: newEventId(),
    },
    {
      id: newEventId(),
      kind: 'host.enroll',
      phase: 'refusal',
      object: { type: 'host', id: host.id, name: host.name },
      host: { id: host.id, name: host.name },
      summary: refusal.message,
      refusal,
    },
  );
  // Whichever of the two is connected now: neither is trusted.
  await notifyChanges(tx, [`host/${host.id}`, `hang-up/${host.id}`, 'audit']);
  return lockedHost(host);
}

function lockedHost(host: HostRef): Admission {
  return {
    type: 'refused',
    reason: 'locked',
    message: `Host ${host.name} is locked: its key was used by two.`,
    fix: `Remove the copy of its key. Then at the dashboard: cellblock host approve ${host.name}`,
  };
}

function waitingHost(host: HostRef & { fingerprint: string }): Admission {
  return {
    type: 'waiting',
    host: { id: host.id, name: host.name },
    fingerprint: host.fingerprint,
    message: `An administrator compares this fingerprint and approves: cellblock host approve ${host.name}`,
  };
}

export function fingerprintOf(publicKey: string): string {
  return fingerprintText(createHash('sha256').update(Buffer.from(publicKey, 'base64')).digest('hex'));
}

/** What the host calls itself, made a name; with a number when another host is called so. */
async function freeName(tx: Tx, wanted: string): Promise<string> {
  const word = wanted
    .toLowerCase()
    .replace(/\..*$/, '')
    .replace(/[^a-z0-9._-]/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, 58);
  const base = Name.safeParse(word).success ? word : 'host';
  for (let number = 1; ; number++) {
    const name = number === 1 ? base : `${base}-${number}`;
    const taken = await tx.host.findFirst({
      where: { name, state: { not: 'removed' } },
      select: { id: true },
    });
    if (taken === null) return name;
  }
}

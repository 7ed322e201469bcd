import type { AgentHello } from '@cellblock/shared/agent-handshake';
import { AppError } from '@cellblock/shared/app-error';
import { type Enrolment, enrolmentRefusal, UNKNOWN_TOKEN } from '@cellblock/shared/enrolment-refusal';
import { Name } from '@cellblock/shared/name';
import type { HostArrival } from '@cellblock/shared/views/enrolment-view';
import { appendLeaves } from '../audit/append-leaves.ts';
import { newEventId } from '../audit/event-id.ts';
import { recordEvent } from '../audit/record-event.ts';
import { hashOfSecret } from '../auth/one-time-secret.ts';
import type { Tx } from '../db.ts';
import { notifyChanges } from '../fleet-topics.ts';
import { fingerprintOfKey, recordRefusedEnrolment } from '../hosts/refused-enrolment.ts';
import type { WebServices } from '../web-services.ts';

type HostRef = { id: string; name: string };

export type Admission =
  | { type: 'ready'; host: HostRef }
  | { type: 'waiting'; host: HostRef; fingerprint: string; message: string }
  | { type: 'refused'; reason: string; message: string; cause: string; fix: string };

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
    const misplaced = await misplacedToken(tx, hello, host, sourceAddress);
    if (misplaced !== null) return misplaced;
    if (BigInt(hello.counter) <= host.connectionCounter) {
      return await lock(tx, host, hello.counter, sourceAddress);
    }
    const waits = host.state === 'waiting' ? { arrival: arrivalOf(hello, sourceAddress) } : {};
    await tx.host.update({ where: { id: host.id }, data: { connectionCounter: hello.counter, ...waits } });
    if (host.state === 'waiting') return waitingHost(host);
    return { type: 'ready' as const, host: { id: host.id, name: host.name } };
  });
  globalThis.crashHere?.('dashboard committed an admission');
  await appendLeaves(services.db);
  return admission;
}

async function enrol(
  tx: Tx,
  hello: AgentHello,
  removed: { id: string; removedAt: Date | null } | null,
  sourceAddress: string | null,
): Promise<Admission> {
  if (hello.token === undefined) {
    const gone = removed?.removedAt
      ? `This host was removed here at ${removed.removedAt.toISOString()}.`
      : 'This dashboard does not know this host.';
    return {
      type: 'refused',
      reason: 'unknown-host',
      message: gone,
      cause: `Its key ${fingerprintOfKey(hello.publicKey)} is of no host here, and it showed no line.`,
      fix: 'Enrol it: run `cellblock host enroll` at the dashboard and paste its line on the host.',
    };
  }
  const fingerprint = fingerprintOfKey(hello.publicKey);
  const hash = hashOfSecret(hello.token);
  await tx.$queryRaw`SELECT id::text FROM host_enrollment WHERE hash = ${hash} FOR UPDATE`;
  const enrollment = await tx.enrollment.findUnique({ where: { hash } });
  if (enrollment === null) return { type: 'refused', ...UNKNOWN_TOKEN };
  const refused = await refusedToken(tx, hello, null, enrollment, sourceAddress);
  if (refused !== null) return refused;
  const name = await freeName(tx, enrollment.name ?? hello.hostname);
  const now = new Date();
  const fields = {
    name,
    fingerprint,
    state: enrollment.local ? 'ready' : 'waiting',
    local: enrollment.local,
    machineId: hello.machineId,
    arrival: arrivalOf(hello, sourceAddress),
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
  globalThis.crashHere?.('dashboard enrolled a host');
  await tx.enrollment.update({ where: { id: enrollment.id }, data: { usedAt: now, usedBy: host.name } });
  globalThis.crashHere?.('dashboard used a token');
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

/** A host that is known needs no token; one that shows the line of another machine is told so. */
async function misplacedToken(
  tx: Tx,
  hello: AgentHello,
  host: HostRef,
  sourceAddress: string | null,
): Promise<Admission | null> {
  if (hello.token === undefined) return null;
  const enrollment = await tx.enrollment.findUnique({ where: { hash: hashOfSecret(hello.token) } });
  return enrollment === null ? null : await refusedToken(tx, hello, host, enrollment, sourceAddress);
}

/** Whoever holds a line that was ours once is worth a record; anybody can make up a secret. */
async function refusedToken(
  tx: Tx,
  hello: AgentHello,
  host: HostRef | null,
  enrollment: Enrolment & { id: string },
  sourceAddress: string | null,
): Promise<Admission | null> {
  const clock = hello.clock === undefined ? null : new Date(hello.clock);
  const refusal = enrolmentRefusal(enrollment, { knownAs: host?.name ?? null, clock }, new Date());
  if (refusal === null) return null;
  const asking = {
    name: host?.name ?? hello.hostname,
    fingerprint: fingerprintOfKey(hello.publicKey),
    enrolment: enrollment.id,
    sourceAddress,
  };
  await recordRefusedEnrolment(tx, asking, refusal);
  return { type: 'refused', ...refusal };
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
    cause: 'A connection came with a number that was there before: two agents count with one key.',
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

function arrivalOf(hello: AgentHello, sourceAddress: string | null): HostArrival {
  const { hostname, agentVersion, checks } = hello;
  return {
    at: new Date().toISOString(),
    sourceAddress,
    hostname,
    agentVersion,
    checks: checks
      ? {
          have: checks.filter(({ verdict }) => verdict === 'have').length,
          total: checks.length,
          lacking: checks.filter(({ verdict }) => verdict === 'lack').map(({ title }) => title),
        }
      : null,
  };
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

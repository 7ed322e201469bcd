import { HostState } from '@cellblock/shared/host-state';
import { HostStatus } from '@cellblock/shared/host-status';
import { dialableDashboards } from '../dashboards/list-dashboards.ts';
import type { Db } from '../db.ts';
import { notifyChanges } from '../fleet-topics.ts';
import { recordSamples } from '../metrics/record-samples.ts';
import type { AgentConnection } from './agent-connections.ts';
import { buildHostSpec, loadSpecRows } from './build-host-spec.ts';
import { recordReceipts } from './record-receipts.ts';
import { recordStatus } from './record-status.ts';
import { SingleFlight } from './single-flight.ts';
import { SpecSender } from './spec-sender.ts';

const RECEIPTS_AT_ONCE = 500;
/** An agent speaks every 5 s; one that has not for this long has lost us, and shall dial anew. */
const SILENT_MS = 12_000;
/** The planner's picture of the host is for previews: a second old is fresh enough. */
const STATE_EVERY_MS = 1_000;

export interface HostSync {
  hostId: string;
  /** generation that the agent has accepted on this connection */
  accepted(): number | null;
  /** looks whether the host has something new to be told, or has said something that could not be stored */
  wake(): void;
  /** says where else the agent may dial */
  tellDashboards(): void;
  hangUp(): void;
}

/**
 * Keeps one connected host and its rows in step: tells it its spec, stores its status and receipts. All
 * that matters is in the database and in the agent's ledger, so it can begin anew at any moment.
 */
export function syncHost(
  db: Db,
  from: { dashboard: string; epoch: string },
  connection: AgentConnection,
): HostSync {
  const { agent, host, closed } = connection;
  const failed = (what: string) => (error: unknown) => {
    if (!closed.aborted) console.error(`host ${host.name}: ${what}: ${(error as Error).message}`);
  };

  const sender = new SpecSender(from, (put) => agent.spec.put.mutate({ ...put, expect: [] }));
  let notTaken: number | null = null;
  const telling = new SingleFlight(async () => {
    const rows = await db.$transaction((tx) => loadSpecRows(tx, host.id), {
      isolationLevel: 'RepeatableRead',
    });
    if (closed.aborted || rows.host.generation === sender.accepted) return;
    globalThis.crashHere?.('dashboard loaded a spec');
    const answer = await sender.send(buildHostSpec(rows));
    globalThis.crashHere?.('dashboard delivered a spec');
    if (answer.result === 'frozen') await freeze(db, host.id, answer.reason);
    // It is told again every two seconds; that it does not take this one is said once.
    if (answer.result !== 'resync' || notTaken === rows.host.generation) return;
    notTaken = rows.host.generation;
    console.error(`host ${host.name}: it does not take generation ${notTaken}, sent whole: ${answer.reason}`);
  }, failed('its spec was not delivered'));

  let newest: HostStatus | null = null;
  const reports = new SingleFlight(async () => {
    const status = newest;
    newest = null;
    if (status === null) return;
    // Receipts first: they say why, and the status rests on them. A report of things done whose receipts cannot
    // be had is not believed, and a host of which nothing else comes is unknown after a while.
    try {
      await takeReceipts(db, connection, status.receipts);
      await recordStatus(db, host.id, status);
      await recordSamples(db, host.id, status).catch(failed('what its jails use was not stored'));
    } catch (error) {
      newest ??= status;
      throw error;
    }
    state.wake();
  }, failed('its status was not stored'));

  const state = new SingleFlight(async () => {
    const kernelState = HostState.parse(await agent.state.get.query());
    await db.host.update({ where: { id: host.id }, data: { kernelState } });
    await new Promise((resolve) => setTimeout(resolve, STATE_EVERY_MS));
  }, failed('its state was not stored'));

  const dashboards = new SingleFlight(async () => {
    await agent.dashboards.put.mutate(await dialableDashboards(db));
  }, failed('it was not told of the other dashboards'));

  const silence = setTimeout(() => connection.close(), SILENT_MS);
  const watching = agent.status.watch.subscribe(undefined, {
    onData: (given) => {
      silence.refresh();
      const parsed = HostStatus.safeParse(given);
      if (!parsed.success) return failed('its status is not understood')(parsed.error);
      newest = parsed.data;
      reports.wake();
    },
    onError: failed('it no longer says how it is'),
  });
  closed.addEventListener('abort', () => {
    clearTimeout(silence);
    watching.unsubscribe();
  });

  telling.wake();
  dashboards.wake();
  return {
    hostId: host.id,
    accepted: () => sender.accepted,
    wake: () => {
      telling.wake();
      reports.wake();
    },
    tellDashboards: () => dashboards.wake(),
    hangUp: connection.close,
  };
}

/** Fetches and stores what the host did up to `newest`, and lets it forget what is stored. */
async function takeReceipts(db: Db, { agent, host }: AgentConnection, newest: number): Promise<void> {
  for (;;) {
    const { receiptSeq } = await db.host.findUniqueOrThrow({
      where: { id: host.id },
      select: { receiptSeq: true },
    });
    if (receiptSeq >= newest) return;
    const given = await agent.receipts.after.query({ seq: receiptSeq, limit: RECEIPTS_AT_ONCE });
    globalThis.crashHere?.('dashboard fetched receipts');
    const { acknowledged, broken } = await recordReceipts(db, host.id, given);
    globalThis.crashHere?.('dashboard committed receipts');
    if (acknowledged > receiptSeq) await agent.receipts.acknowledge.mutate({ seq: acknowledged });
    globalThis.crashHere?.('dashboard acknowledged receipts');
    if (broken !== null) throw new Error(broken);
    if (acknowledged <= receiptSeq)
      throw new Error(`it speaks of ${newest} receipts and gives none after ${receiptSeq}`);
  }
}

/** The host knows a newer past than this database: somebody has to decide. */
async function freeze(db: Db, hostId: string, reason: string): Promise<void> {
  console.error(`host ${hostId} is frozen: ${reason}`);
  await db.$transaction(async (tx) => {
    await tx.host.update({ where: { id: hostId }, data: { state: 'frozen' } });
    await notifyChanges(tx, [`host/${hostId}`]);
  });
}

import { HOST_SILENT_AFTER_MS } from '@cellblock/shared/views/host-view';
import { appendLeaves } from '../audit/append-leaves.ts';
import { recordLostEnds } from '../audit/record-lost-ends.ts';
import type { ChangeListener } from '../fleet/change-listener.ts';
import { notifyChanges } from '../fleet-topics.ts';
import { endRevokedMeanwhile } from '../grants/end-revoked-meanwhile.ts';
import { recordExpiredGrants } from '../grants/record-expired-grants.ts';
import { purgeExpired } from '../jails/purge-expired.ts';
import type { WebServices } from '../web-services.ts';
import type { AgentConnection } from './agent-connections.ts';
import { type HostSync, syncHost } from './sync-host.ts';

const LOOK_MS = 2_000;
/** What is late by minutes need not be looked for at each look. */
const LOST_MS = 60_000;

/**
 * Wakes the sync of a host when it has something new to be told: at once by NOTIFY, and every two seconds
 * by looking, since a notice can be missed. Says also when a host falls silent or speaks again.
 */
export class SyncLoop {
  readonly #services: WebServices;
  readonly #syncs = new Map<string, HostSync>();
  #silent: Set<string> | null = null;
  #lostAt = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(services: WebServices, changes: ChangeListener) {
    this.#services = services;
    changes.on('changed', ({ topics }) => {
      for (const topic of topics) this.#hear(topic);
    });
    changes.on('lost', () => {
      for (const sync of this.#syncs.values()) sync.wake();
    });
  }

  start(): void {
    const look = async () => {
      try {
        await this.#look();
      } catch (error) {
        console.error(`the hosts were not looked at: ${(error as Error).message}`);
      }
      this.#timer = setTimeout(look, LOOK_MS);
    };
    void look();
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  add(connection: AgentConnection): void {
    const { installation, db } = this.#services;
    const sync = syncHost(db, { dashboard: installation.id, epoch: installation.epoch }, connection);
    this.#syncs.set(sync.hostId, sync);
    connection.closed.addEventListener('abort', () => {
      if (this.#syncs.get(sync.hostId) === sync) this.#syncs.delete(sync.hostId);
    });
  }

  #hear(topic: string): void {
    const [kind, id = '', where] = topic.split('/');
    if (kind === 'spec') this.#syncs.get(id)?.wake();
    if (kind === 'hang-up') this.#syncs.get(id)?.hangUp();
    // It has a newer connection elsewhere; what is left of the one here is a socket that nobody closed.
    if (kind === 'connected' && where !== this.#services.presence.id) this.#syncs.get(id)?.hangUp();
    if (kind === 'dashboards') for (const sync of this.#syncs.values()) sync.tellDashboards();
  }

  async #look(): Promise<void> {
    const { db } = this.#services;
    // Events of a process that died before it numbered them.
    await appendLeaves(db);
    await purgeExpired(db);
    await recordExpiredGrants(db);
    // Nobody waits for a host that does not answer.
    void endRevokedMeanwhile(db).catch((error) =>
      console.error(`revoked permissions were not looked at: ${(error as Error).message}`),
    );
    if (Date.now() - this.#lostAt >= LOST_MS) {
      this.#lostAt = Date.now();
      await recordLostEnds(db);
    }
    await this.#services.signInLimit.forgetFull();
    const hosts = await db.host.findMany({
      where: { removedAt: null, approvedAt: { not: null } },
      select: { id: true, generation: true, lastReportAt: true },
    });
    for (const host of hosts) {
      const sync = this.#syncs.get(host.id);
      if (sync !== undefined && sync.accepted() !== host.generation) sync.wake();
    }
    const since = Date.now() - HOST_SILENT_AFTER_MS;
    const silent = new Set(
      hosts.filter((each) => (each.lastReportAt?.getTime() ?? 0) < since).map((each) => each.id),
    );
    const before = this.#silent ?? silent;
    const turned = hosts.filter(({ id }) => silent.has(id) !== before.has(id)).map(({ id }) => `host/${id}`);
    this.#silent = silent;
    if (turned.length > 0) await db.$transaction((tx) => notifyChanges(tx, turned));
  }
}

import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { Db } from '../db.ts';
import type { WebEnv } from '../env.ts';
import { notifyChanges } from '../fleet-topics.ts';
import { secretFile } from '../secret-file.ts';

const BEAT_MS = 3_000;
/** Unseen for this long, it is away: three beats and some patience. */
export const DASHBOARD_AWAY_AFTER_MS = 12_000;
/** Nobody waits longer for one that is away. */
export const DASHBOARD_FORGOTTEN_AFTER_MS = 7 * 86_400_000;

/** This process among the dashboards of the installation: it says where it is found, and that it is there. */
export class Presence {
  readonly id: string;
  readonly #db: Db;
  readonly #self: { url: string; ca: string | null; version: string };
  #timer: NodeJS.Timeout | null = null;
  #stopped = false;

  constructor(db: Db, env: WebEnv, ca: string | null) {
    this.#db = db;
    this.#self = { url: env.url, ca, version: env.version };
    this.id = secretFile(path.join(env.secretsDirectory, 'dashboard.id'), randomUUID).trim();
  }

  async begin(): Promise<void> {
    const { id } = this;
    const row = { ...this.#self, startedAt: new Date(), seenAt: new Date(), stoppedAt: null };
    await this.#db.$transaction(async (tx) => {
      await tx.dashboard.upsert({ where: { id }, create: { id, ...row }, update: row });
      // Whoever was connected to this one is not any more, however it ended.
      await tx.host.updateMany({ where: { dashboardId: id }, data: { dashboardId: null } });
      await tx.dashboard.deleteMany({
        where: { seenAt: { lt: new Date(Date.now() - DASHBOARD_FORGOTTEN_AFTER_MS) } },
      });
      await notifyChanges(tx, ['dashboards']);
    });
    this.#next();
  }

  async end(): Promise<void> {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#db
      .$transaction(async (tx) => {
        await tx.dashboard.update({ where: { id: this.id }, data: { stoppedAt: new Date() } });
        await tx.host.updateMany({ where: { dashboardId: this.id }, data: { dashboardId: null } });
        await notifyChanges(tx, ['dashboards']);
      })
      // The database may be away already; the others see that nothing comes any more.
      .catch(() => undefined);
  }

  #next(): void {
    this.#timer = setTimeout(() => void this.#beat(), BEAT_MS);
    this.#timer.unref();
  }

  async #beat(): Promise<void> {
    try {
      const said = await this.#db.dashboard.updateMany({
        where: { id: this.id },
        data: { seenAt: new Date() },
      });
      if (said.count === 0 && !this.#stopped) return await this.begin();
    } catch {
      // The database is away: so are the others.
    }
    if (!this.#stopped) this.#next();
  }
}

import { EventEmitter } from 'node:events';
import pg from 'pg';
import * as z from 'zod';
import { CHANGES_CHANNEL } from '../fleet-topics.ts';

const Topics = z.array(z.string());
const RETRY_MS = 500;

export interface Changes {
  /** what changed, in the words of fleet-topics.ts */
  topics: string[];
}

/**
 * Hears what any dashboard has committed. `changed` comes with its topics; `lost` when the connection to
 * the database broke, and so anything may have changed meanwhile.
 */
export class ChangeListener extends EventEmitter<{ changed: [Changes]; lost: [] }> {
  readonly #url: string;
  #client: pg.Client | null = null;
  #stopped = false;

  constructor(databaseUrl: string) {
    super();
    this.#url = databaseUrl;
    this.setMaxListeners(0);
  }

  async start(): Promise<void> {
    const client = new pg.Client({ connectionString: this.#url });
    client.on('notification', ({ payload }) => {
      const topics = Topics.safeParse(JSON.parse(payload ?? '[]'));
      if (topics.success) this.emit('changed', { topics: topics.data });
    });
    let heard = false;
    let over = false;
    const again = () => {
      // Before it has begun, `connect` and the query say themselves what failed.
      if (!heard || over || this.#stopped) return;
      over = true;
      this.emit('lost');
      setTimeout(() => void this.#startAgain(), RETRY_MS).unref();
    };
    client.on('error', again);
    client.on('end', again);
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANGES_CHANNEL}`);
    } catch (error) {
      void client.end().catch(() => undefined);
      throw error;
    }
    heard = true;
    this.#client = client;
  }

  async #startAgain(): Promise<void> {
    if (this.#stopped) return;
    try {
      await this.start();
      // Whatever was said while nobody listened.
      this.emit('lost');
    } catch {
      setTimeout(() => void this.#startAgain(), RETRY_MS).unref();
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#client?.end();
  }
}

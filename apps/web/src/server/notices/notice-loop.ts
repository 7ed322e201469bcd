import type { Db } from '../db.ts';
import { recordNotices } from './record-notices.ts';

const LOOK_MS = 3_000;

/** Looks every few seconds: silence and time passing tell nobody. */
export class NoticeLoop {
  readonly #db: Db;
  #timer: NodeJS.Timeout | null = null;
  #stopped = false;

  constructor(db: Db) {
    this.#db = db;
  }

  start(): void {
    const look = async () => {
      try {
        await recordNotices(this.#db);
      } catch (error) {
        if (!this.#stopped) console.error(`notices were not recorded: ${(error as Error).message}`);
      }
      if (!this.#stopped) this.#timer = setTimeout(look, LOOK_MS);
    };
    void look();
  }

  stop(): void {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }
}

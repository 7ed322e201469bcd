import type { Db } from '../db.ts';
import { thinSamples } from './thin-samples.ts';

const EVERY_MS = 60_000;

/** Keeps the table of samples as small as it is to be. Each dashboard does it: what is gone is gone once. */
export class SampleLoop {
  readonly #db: Db;
  #timer: NodeJS.Timeout | null = null;

  constructor(db: Db) {
    this.#db = db;
  }

  start(): void {
    const thin = () =>
      void thinSamples(this.#db).catch((error: Error) =>
        console.error(`old samples were not removed: ${error.message}`),
      );
    this.#timer = setInterval(thin, EVERY_MS);
    this.#timer.unref();
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
  }
}

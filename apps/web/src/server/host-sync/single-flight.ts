/**
 * Runs `work` when woken, never twice at once; a wake-up during a run causes one more run after it. Errors
 * go to `failed`; the next wake-up tries again.
 */
export class SingleFlight {
  readonly #work: () => Promise<void>;
  readonly #failed: (error: unknown) => void;
  #running = false;
  #again = false;

  constructor(work: () => Promise<void>, failed: (error: unknown) => void) {
    this.#work = work;
    this.#failed = failed;
  }

  wake(): void {
    if (this.#running) {
      this.#again = true;
      return;
    }
    this.#running = true;
    void this.#run();
  }

  async #run(): Promise<void> {
    do {
      this.#again = false;
      try {
        await this.#work();
      } catch (error) {
        this.#failed(error);
      }
    } while (this.#again);
    this.#running = false;
  }
}

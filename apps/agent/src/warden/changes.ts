/** Tells listeners that something has changed, not what: they look for themselves. */
export class Changes {
  private readonly waiting = new Set<() => void>();
  private count = 0;

  tell(): void {
    this.count += 1;
    for (const wake of [...this.waiting]) wake();
  }

  /** How often something has changed so far. */
  get moment(): number {
    return this.count;
  }

  /** Resolves at the first change after `moment`, when `ms` have passed, or when the signal aborts. */
  after(moment: number, ms: number, signal?: AbortSignal): Promise<void> {
    if (this.count > moment || signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.waiting.delete(done);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.waiting.add(done);
      signal?.addEventListener('abort', done, { once: true });
    });
  }
}

/** Holds what was pushed until it is taken; at most `limit` items, then `overrun` stands for the rest. */
export class EventQueue<T> {
  private items: T[] = [];
  private wake: (() => void) | null = null;
  private ended = false;
  private failure: unknown = null;
  private readonly limit: number;
  private readonly overrun: T;

  constructor(limit: number, overrun: T) {
    this.limit = limit;
    this.overrun = overrun;
  }

  push(items: T[]) {
    if (this.ended) return;
    this.items.push(...items);
    if (this.items.length > this.limit) this.items = [this.overrun];
    this.wake?.();
  }

  /** What was pushed before is still taken; then the taker ends, with the failure when there is one. */
  end(failure: unknown = null) {
    this.ended = true;
    this.failure ??= failure;
    this.wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (;;) {
      const item = this.items.shift();
      if (item !== undefined) {
        yield item;
      } else if (this.ended) {
        if (this.failure !== null) throw this.failure;
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
      }
    }
  }
}

const FIRST_MS = 500;
const LONGEST_MS = 30_000;

interface Delay {
  attempts: number;
  nextTryAt: number;
}

/** Full jitter: a random wait below a bound that doubles with every failure. */
export class RetryDelays {
  private readonly delays = new Map<string, Delay>();
  private readonly random: () => number;

  constructor(random: () => number = Math.random) {
    this.random = random;
  }

  failed(key: string, now: number): Delay {
    const attempts = (this.delays.get(key)?.attempts ?? 0) + 1;
    const bound = Math.min(FIRST_MS * 2 ** (attempts - 1), LONGEST_MS);
    const delay = { attempts, nextTryAt: now + Math.ceil(this.random() * bound) };
    this.delays.set(key, delay);
    return delay;
  }

  succeeded(key: string): void {
    this.delays.delete(key);
  }

  /** What changed is tried at once, however often it failed before. */
  forgetAll(): void {
    this.delays.clear();
  }

  waits(key: string, now: number): boolean {
    return (this.delays.get(key)?.nextTryAt ?? 0) > now;
  }

  /** The earliest moment at which something may be tried again. */
  next(): number | null {
    const moments = [...this.delays.values()].map((delay) => delay.nextTryAt);
    return moments.length === 0 ? null : Math.min(...moments);
  }
}

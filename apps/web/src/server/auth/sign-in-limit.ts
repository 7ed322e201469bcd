import { AppError } from '@cellblock/shared/app-error';
import { sourceNetworkOf } from '../http/source-address.ts';

interface Tries {
  left: number;
  at: number;
}

/** Failed tries that come at once, and the time after which one more is given back. */
const BURST = { account: 5, source: 20 };
const REFILL_MS = { account: 30_000, source: 10_000 };

/**
 * Counts failed sign-ins by account and by source (IPv4 address, IPv6 /64). A caller waits, nobody is locked
 * out: one try comes back every half a minute, so that a stranger cannot keep an owner away for long.
 */
export class SignInLimit {
  readonly #tries = new Map<string, Tries>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Throws `denied`, with the seconds to wait, when either has no try left. */
  check(account: string | null, source: string | null): void {
    const wait = Math.max(...this.#keys(account, source).map(([key, kind]) => this.#waitOf(key, kind)));
    if (wait <= 0) return;
    const seconds = Math.ceil(wait / 1000);
    throw new AppError('denied', `Too many tries. Next in ${seconds} s.`, {
      cause: 'Sign-in failed too often for this name or from this address.',
      fix: `Wait ${seconds} s.`,
      evidence: { retryAfterSeconds: seconds },
    });
  }

  /** A try that was counted and did not fail. */
  giveBack(account: string | null, source: string | null): void {
    for (const [key, kind] of this.#keys(account, source)) {
      const tries = this.#refilled(key, kind);
      this.#tries.set(key, { left: Math.min(BURST[kind], tries.left + 1), at: tries.at });
    }
  }

  /** Counts a try, before or after it failed. */
  failed(account: string | null, source: string | null): void {
    for (const [key, kind] of this.#keys(account, source)) {
      const tries = this.#refilled(key, kind);
      this.#tries.set(key, { left: tries.left - 1, at: tries.at });
    }
    if (this.#tries.size > 100_000) this.#forgetFull();
  }

  #keys(account: string | null, source: string | null): [string, keyof typeof BURST][] {
    const keys: [string, keyof typeof BURST][] = [];
    if (account !== null) keys.push([`account ${account.toLowerCase()}`, 'account']);
    if (source !== null) keys.push([`source ${sourceNetworkOf(source)}`, 'source']);
    return keys;
  }

  #refilled(key: string, kind: keyof typeof BURST): Tries {
    const now = this.#now();
    const tries = this.#tries.get(key) ?? { left: BURST[kind], at: now };
    const back = Math.floor((now - tries.at) / REFILL_MS[kind]);
    const left = Math.min(BURST[kind], tries.left + back);
    return { left, at: left === BURST[kind] ? now : tries.at + back * REFILL_MS[kind] };
  }

  #waitOf(key: string, kind: keyof typeof BURST): number {
    const tries = this.#refilled(key, kind);
    return tries.left > 0 ? 0 : tries.at + REFILL_MS[kind] - this.#now();
  }

  #forgetFull(): void {
    for (const key of this.#tries.keys()) {
      const kind = key.startsWith('account ') ? 'account' : 'source';
      if (this.#refilled(key, kind).left === BURST[kind]) this.#tries.delete(key);
    }
  }
}

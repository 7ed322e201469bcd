import { AppError } from '@cellblock/shared/app-error';
import type { Db, Tx } from '../db.ts';
import { sourceNetworkOf } from '../http/source-address.ts';

/** Failed tries that come at once, and the time after which one more is given back. */
const BURST = { account: 5, source: 20 };
const REFILL_SECONDS = { account: 30, source: 10 };
/** By then every count is full again. */
const FORGET_AFTER = '10 minutes';

type Kind = keyof typeof BURST;

/**
 * Counts failed sign-ins by account and by source (IPv4 address, IPv6 /64), for all dashboards together. A
 * caller waits, nobody is locked out: one try comes back every half a minute, so that a stranger cannot keep
 * an owner away for long.
 */
export class SignInLimit {
  readonly #db: Db;
  readonly #now: () => Date | null;

  /** `now`: the database's own clock, unless a test has one. */
  constructor(db: Db, now: () => Date | null = () => null) {
    this.#db = db;
    this.#now = now;
  }

  /**
   * Counts a try before its answer is known, since tries that come at once would all pass a check alone.
   * Throws `denied`, with the seconds to wait, when either has none left; then nothing is counted.
   */
  async take(account: string | null, source: string | null): Promise<void> {
    const now = this.#now();
    await this.#db.$transaction(async (tx) => {
      const waits: number[] = [];
      for (const [key, kind] of keysOf(account, source)) {
        const { remaining, wait } = await count(tx, key, kind, -1, now);
        if (remaining < 0) waits.push(wait);
      }
      if (waits.length > 0) throw tooMany(Math.max(1, Math.ceil(Math.max(...waits))));
    });
  }

  /** A try that was counted and did not fail. */
  async giveBack(account: string | null, source: string | null): Promise<void> {
    const now = this.#now();
    await this.#db.$transaction(async (tx) => {
      for (const [key, kind] of keysOf(account, source)) await count(tx, key, kind, 1, now);
    });
  }

  async forgetFull(): Promise<void> {
    await this.#db.$executeRaw`
      DELETE FROM sign_in_tries WHERE at < clock_timestamp() - ${FORGET_AFTER}::interval`;
  }
}

/** Always in this order: two callers that need the same two rows never wait for each other. */
function keysOf(account: string | null, source: string | null): [string, Kind][] {
  const keys: [string, Kind][] = [];
  if (account !== null) keys.push([`account ${account.toLowerCase().slice(0, 200)}`, 'account']);
  if (source !== null) keys.push([`source ${sourceNetworkOf(source)}`, 'source']);
  return keys;
}

/** Gives back what time has brought, then adds `change`. `wait`: seconds until the next one comes back. */
async function count(
  tx: Tx,
  key: string,
  kind: Kind,
  change: 1 | -1,
  now: Date | null,
): Promise<{ remaining: number; wait: number }> {
  const [burst, refill] = [BURST[kind], REFILL_SECONDS[kind]];
  const [row] = await tx.$queryRaw<[{ remaining: number; wait: number }]>`
    WITH clock AS (SELECT coalesce(${now?.toISOString() ?? null}::timestamptz, clock_timestamp()) AS now)
    INSERT INTO sign_in_tries AS tries (key, remaining, at)
      SELECT ${key}, least(${burst}::int, ${burst}::int + ${change}::int), now FROM clock
    ON CONFLICT (key) DO UPDATE SET
      remaining = least(${burst}::int, least(${burst}::int,
        tries.remaining + floor(extract(epoch FROM excluded.at - tries.at) / ${refill}::int)::int) + ${change}::int),
      at = CASE
        WHEN tries.remaining + floor(extract(epoch FROM excluded.at - tries.at) / ${refill}::int) >= ${burst}::int
          THEN excluded.at
        ELSE tries.at + floor(extract(epoch FROM excluded.at - tries.at) / ${refill}::int) * ${refill}::int * interval '1 s'
      END
    RETURNING remaining, extract(epoch FROM at + ${refill}::int * interval '1 s' - (SELECT now FROM clock))::float8 AS wait`;
  return row;
}

function tooMany(seconds: number): AppError {
  return new AppError('denied', `Too many tries. Next in ${seconds} s.`, {
    cause: 'Sign-in failed too often for this name or from this address.',
    fix: `Wait ${seconds} s.`,
    evidence: { retryAfterSeconds: seconds },
  });
}

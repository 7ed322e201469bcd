import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from '../generated/prisma/client.ts';

export type Db = PrismaClient;
/** The database inside one transaction. */
export type Tx = Parameters<Parameters<Db['$transaction']>[0]>[0];

/**
 * Connects to PostgreSQL; `url` is a connection string, over the unix socket as
 * `postgresql://user@localhost/name?host=/run/dir`. Nothing is opened before the first query.
 */
export function connectDb(url: string, connections = 10): Db {
  return new PrismaClient({
    adapter: new PrismaPg({ connectionString: url, max: connections }),
    // Callers queue on a pool's row: with many at once the last waits for all the others.
    transactionOptions: { maxWait: 20_000, timeout: 20_000 },
  });
}

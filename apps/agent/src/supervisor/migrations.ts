import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '@cellblock/shared/app-error';
import type pg from 'pg';

export type Migration = { name: string; sql: string; checksum: string };

/** Prisma's own table, so that its tools and ours read the same history. */
const TABLE = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL,
  checksum VARCHAR(64) NOT NULL,
  finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL,
  logs TEXT,
  rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  applied_steps_count INTEGER NOT NULL DEFAULT 0
)`;

/** Any number will do, as long as no other of our locks has it. */
const LOCK = 7420_001;

/** The migrations of a directory (`NAME/migration.sql`), in the order of their names. */
export function readMigrations(directory: string): Migration[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
    .map((name) => {
      const sql = readFileSync(path.join(directory, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    });
}

/**
 * Applies what is missing, each migration in a transaction of its own, one applier at a time.
 * Returns the names that were applied now. Refuses a database that a newer or other build has migrated.
 */
export async function applyMigrations(client: pg.Client, migrations: Migration[]): Promise<string[]> {
  await client.query('SELECT pg_advisory_lock($1)', [LOCK]);
  try {
    await client.query(TABLE);
    const rows = await client.query<{ migration_name: string; checksum: string }>(
      'SELECT migration_name, checksum FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL',
    );
    const applied = new Map(rows.rows.map((row) => [row.migration_name, row.checksum]));
    refuseForeignHistory(migrations, applied);
    const missing = migrations.filter((migration) => !applied.has(migration.name));
    for (const migration of missing) await applyOne(client, migration);
    return missing.map((migration) => migration.name);
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [LOCK]);
  }
}

function refuseForeignHistory(migrations: Migration[], applied: Map<string, string>): void {
  const known = new Map(migrations.map((migration) => [migration.name, migration.checksum]));
  for (const [name, checksum] of applied) {
    const expected = known.get(name);
    if (expected === undefined) {
      throw new AppError(
        'conflict',
        `The database holds migration ${name}, which this build does not know.`,
        {
          cause: `A newer version worked with it; this build ends with ${migrations.at(-1)?.name ?? 'none'}.`,
          fix: 'Start that version, or restore a backup of the database from before it.',
        },
      );
    }
    if (expected !== checksum) {
      throw new AppError(
        'conflict',
        `Migration ${name} was applied with other contents than this build has.`,
        {
          cause: `The database notes the checksum ${checksum.slice(0, 12)}, the file here has ${expected.slice(0, 12)}: one of them was changed.`,
          fix: `Put the file back as it was released (in a clone: git checkout -- apps/web/prisma/migrations/${name}), or the database from a backup.`,
        },
      );
    }
  }
}

async function applyOne(client: pg.Client, migration: Migration): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query(migration.sql);
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, now(), 1)`,
      [randomUUID(), migration.checksum, migration.name],
    );
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw new AppError('internal', `Migration ${migration.name} failed and was rolled back.`, {
      cause: `PostgreSQL says: ${(error as Error).message}`,
      fix: 'The database is as before it: mend what PostgreSQL names, or start the version that ran before; then: cellblock up',
    });
  }
}

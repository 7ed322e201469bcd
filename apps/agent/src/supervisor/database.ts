import path from 'node:path';
import { AppError } from '@cellblock/shared/app-error';
import type { DataDirectory } from '@cellblock/shared/data-directory';
import { installationKeyRefusal } from '@cellblock/shared/installation-key-rule';
import pg from 'pg';
import { applyMigrations, readMigrations } from './migrations.ts';
import {
  connectionUrl,
  ensureCluster,
  ensureDatabase,
  ensureRole,
  type PostgresCluster,
  startPostmaster,
  stopPostmaster,
  withClient,
} from './postgres-cluster.ts';
import { isAlive, type ProcessIdentity } from './process-identity.ts';
import { SYSTEM_USERS, type SystemUsers } from './system-users.ts';

const OWNER = 'cellblock';
/** May add to the history, never change it: the migrations say what it is granted. */
export const APPLICATION_ROLE = 'cellblock_app';
const DATABASE = 'cellblock';
const OLDEST_SERVER = 15;

/** A database that is ready: how the dashboard reaches it, and what was done. */
export type Database = { applicationUrl: string; migrated: string[] };

export function embeddedCluster(place: DataDirectory, build: string, users: SystemUsers): PostgresCluster {
  return {
    binaries: path.join(build, 'postgres'),
    dataDirectory: place.postgres,
    socketDirectory: place.databaseSocket,
    logFile: path.join(place.log, 'postgres.log'),
    uid: users.db.uid,
    gid: users.db.gid,
    // Who a client is, the kernel says: no password exists that could be lost.
    access: {
      hba: 'local all all peer map=cellblock\n',
      ident: [
        `cellblock ${SYSTEM_USERS.web} ${APPLICATION_ROLE}`,
        `cellblock root ${APPLICATION_ROLE}`,
        `cellblock root ${OWNER}`,
        'cellblock root postgres',
        '',
      ].join('\n'),
    },
    settings: { max_connections: '100', shared_buffers: '64MB', log_min_messages: 'warning' },
  };
}

/** The embedded database answers: started now, or adopted. */
export async function startEmbedded(
  cluster: PostgresCluster,
): Promise<{ process: ProcessIdentity; adopted: boolean }> {
  ensureCluster(cluster);
  return await startPostmaster(cluster);
}

/** The roles of the running embedded database exist, its migrations are applied. */
export async function openEmbedded(cluster: PostgresCluster, migrations: string): Promise<Database> {
  const url = (role: string, database: string) => connectionUrl(cluster.socketDirectory, role, database);
  await withClient(url('postgres', 'postgres'), async (client) => {
    await ensureRole(client, OWNER);
    await ensureRole(client, APPLICATION_ROLE);
    await ensureDatabase(client, DATABASE, OWNER);
  });
  const migrated = await withClient(url(OWNER, DATABASE), (client) =>
    applyMigrations(client, readMigrations(migrations)),
  );
  return { migrated, applicationUrl: url(APPLICATION_ROLE, DATABASE) };
}

/**
 * A database that somebody else runs. The URL's user owns the tables; the dashboard works with the rights of
 * `cellblock_app`, whose membership it has.
 */
export async function openExternal(url: string, migrations: string): Promise<Database> {
  const migrated = await connectExternal(url, async (client) => {
    refuseOldServer(await serverVersion(client));
    await ensureMembership(client);
    await refuseUnprepared(client);
    return applyMigrations(client, readMigrations(migrations));
  });
  const application = new URL(url);
  application.searchParams.set('options', `-c role=${APPLICATION_ROLE}`);
  return { migrated, applicationUrl: application.toString() };
}

/** The URL's user may act as the application's role; an administrator may have seen to it already. */
async function ensureMembership(client: pg.Client): Promise<void> {
  try {
    await ensureRole(client, APPLICATION_ROLE);
    const { rows } = await client.query<{ member: boolean }>(
      "SELECT pg_has_role(current_user, $1, 'MEMBER') AS member",
      [APPLICATION_ROLE],
    );
    if (!rows[0]?.member) await client.query(`GRANT ${APPLICATION_ROLE} TO CURRENT_USER`);
    // From 16 on a member may be without the right to act as the role.
    await client.query(`SET ROLE ${APPLICATION_ROLE}; RESET ROLE`);
  } catch (error) {
    const { rows } = await client.query<{ user: string }>('SELECT current_user AS user');
    const user = client.escapeIdentifier(rows[0]?.user ?? '');
    throw new AppError('denied', `The database's user ${user} cannot act as the role ${APPLICATION_ROLE}.`, {
      field: 'DATABASE_URL',
      cause: (error as Error).message,
      fix: `As the database's administrator: CREATE ROLE ${APPLICATION_ROLE}; GRANT ${APPLICATION_ROLE} TO ${user};`,
    });
  }
}

/** What the migrations need of a database that somebody else made; each lack with the statement that mends it. */
async function refuseUnprepared(client: pg.Client): Promise<void> {
  const { rows } = await client.query<Preparation>(`
    SELECT current_user AS "user", current_database() AS database,
      pg_encoding_to_char(encoding) AS encoding,
      has_schema_privilege('public', 'CREATE') AS tables,
      has_database_privilege(current_database(), 'CREATE')
        OR EXISTS (SELECT FROM pg_extension WHERE extname = 'btree_gist') AS extension,
      EXISTS (SELECT FROM pg_available_extensions WHERE name = 'btree_gist') AS available
    FROM pg_database WHERE datname = current_database()`);
  const [found] = rows;
  if (!found) return;
  const user = client.escapeIdentifier(found.user);
  const database = client.escapeIdentifier(found.database);
  const lacks = lackOf(found, user, database);
  if (lacks === null) return;
  throw new AppError('denied', `The database ${database} is not prepared for the user ${user}.`, {
    field: 'DATABASE_URL',
    cause: lacks.cause,
    fix: lacks.fix,
  });
}

type Preparation = {
  user: string;
  database: string;
  encoding: string;
  tables: boolean;
  extension: boolean;
  available: boolean;
};

function lackOf(found: Preparation, user: string, database: string): { cause: string; fix: string } | null {
  const as = "As the database's administrator:";
  if (found.encoding !== 'UTF8') {
    const cause = `Its encoding is ${found.encoding}; names and reasons are UTF-8.`;
    return { cause, fix: `${as} CREATE DATABASE NAME OWNER ${user} ENCODING 'UTF8' TEMPLATE template0;` };
  }
  if (!found.available) {
    const cause = 'The server has no extension btree_gist, which keeps an address from being held twice.';
    return { cause, fix: "Install PostgreSQL's contrib modules on its machine, then try again." };
  }
  if (!found.tables) {
    const cause = `${user} may not make tables there.`;
    return { cause, fix: `${as} ALTER DATABASE ${database} OWNER TO ${user};` };
  }
  if (!found.extension) {
    const cause = `${user} may not make the extension btree_gist, which keeps an address from being held twice.`;
    return { cause, fix: `${as} in ${database}: CREATE EXTENSION btree_gist;` };
  }
  return null;
}

async function connectExternal<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => {});
  try {
    await client.connect();
  } catch (error) {
    throw new AppError('unreachable', 'The database of DATABASE_URL cannot be reached.', {
      field: 'DATABASE_URL',
      cause: (error as Error).message,
      fix: `Check that it runs and takes this user: psql "$DATABASE_URL" -c 'SELECT 1'`,
    });
  }
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

async function serverVersion(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ server_version_num: string }>('SHOW server_version_num');
  return Math.floor(Number(rows[0]?.server_version_num ?? 0) / 10_000);
}

/** The installation's key that the database knows is the one in DATA/web, or there is none yet. */
export async function refuseForeignKey(url: string, mine: string | null): Promise<void> {
  const held = await withClient(url, (client) =>
    client.query<{ key_hash: string | null }>('SELECT key_hash FROM installation'),
  );
  const refusal = installationKeyRefusal(held.rows[0]?.key_hash ?? null, mine);
  if (refusal !== null) throw refusal;
}

/** `major` as in PostgreSQL 15. */
export function refuseOldServer(major: number): void {
  if (major >= OLDEST_SERVER) return;
  throw new AppError('invalid', `PostgreSQL ${major} is too old.`, {
    field: 'DATABASE_URL',
    cause: `PostgreSQL ${OLDEST_SERVER} or later is needed.`,
    fix: 'Upgrade it, or leave DATABASE_URL out: then the embedded one is used.',
  });
}

/**
 * Watches a postmaster, whoever started it, and starts it again when it has died.
 * `say` gets a line for each thing that happened.
 */
export function keepPostmaster(
  cluster: PostgresCluster,
  first: ProcessIdentity,
  say: (line: string) => void,
): { stop: () => Promise<void> } {
  let current = first;
  let stopped = false;
  let busy: Promise<void> = Promise.resolve();
  const look = async () => {
    if (stopped || isAlive(current)) return;
    say('postgres ended; starting it again');
    try {
      current = (await startPostmaster(cluster)).process;
      say(`postgres answers again (pid ${current.pid})`);
    } catch (error) {
      // Backends of the dead postmaster may hold its memory for a moment longer; the next look tries again.
      say(`postgres: ${(error as Error).message}`);
    }
  };
  const timer = setInterval(() => {
    busy = busy.then(look);
  }, 200);
  return {
    stop: async () => {
      stopped = true;
      clearInterval(timer);
      await busy;
      await stopPostmaster(cluster.dataDirectory);
    },
  };
}

import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
} from 'node:fs';
import path from 'node:path';
import { AppError } from '@cellblock/shared/app-error';
import pg from 'pg';
import { writeOwnedFile } from './owned-file.ts';
import {
  endProcess,
  identityOf,
  isAlive,
  type ProcessIdentity,
  signalProcess,
  waitForExit,
} from './process-identity.ts';

/** A PostgreSQL of our own: one data directory, reachable through one unix socket and nothing else. */
export type PostgresCluster = {
  /** `bin/`, `lib/` and `share/` of PostgreSQL; every parent must be open to `uid`. */
  binaries: string;
  dataDirectory: string;
  /** Who may enter it is decided by its owner and mode; within, by `access`. */
  socketDirectory: string;
  logFile: string;
  /** PostgreSQL refuses to run as root. */
  uid: number;
  gid: number;
  /** Lines of pg_hba.conf and pg_ident.conf. */
  access: { hba: string; ident: string };
  settings: Record<string, string>;
};

const SOCKET_PORT = 5432;

/** How a client reaches a database of the cluster. */
export function connectionUrl(socketDirectory: string, role: string, database: string): string {
  return `postgresql://${role}@localhost:${SOCKET_PORT}/${database}?host=${encodeURIComponent(socketDirectory)}`;
}

/** The data directory holds a cluster; made when there is none. Returns whether it was made now. */
export function ensureCluster(cluster: PostgresCluster): boolean {
  const made = !existsSync(path.join(cluster.dataDirectory, 'PG_VERSION'));
  if (made) {
    // A half-made cluster has no PG_VERSION of use to anybody: initdb was interrupted.
    rmSync(cluster.dataDirectory, { recursive: true, force: true });
    mkdirSync(cluster.dataDirectory, { mode: 0o700 });
    chownSync(cluster.dataDirectory, cluster.uid, cluster.gid);
    const run = spawnSync(
      path.join(cluster.binaries, 'bin/initdb'),
      [
        '-D',
        cluster.dataDirectory,
        '-U',
        'postgres',
        '-E',
        'UTF8',
        '--locale=C',
        '--auth-host=reject',
        '--auth-local=peer',
      ],
      {
        uid: cluster.uid,
        gid: cluster.gid,
        cwd: '/',
        env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
        encoding: 'utf8',
      },
    );
    if (run.status !== 0) {
      rmSync(cluster.dataDirectory, { recursive: true, force: true });
      throw new AppError('internal', 'The database could not be made.', {
        cause: `initdb says: ${run.error?.message ?? run.stderr.trim()}`,
        fix: `Mend what it names (is there space? df -h ${path.dirname(cluster.dataDirectory)}), then: cellblock up`,
      });
    }
  }
  const own = (name: string, text: string) => {
    writeOwnedFile(path.join(cluster.dataDirectory, name), text, {
      uid: cluster.uid,
      gid: cluster.gid,
      mode: 0o600,
    });
  };
  own('pg_hba.conf', cluster.access.hba);
  own('pg_ident.conf', cluster.access.ident);
  return made;
}

/**
 * The postmaster that lives in the data directory, whoever started it; null when there is none.
 * It outlives a killed supervisor, and a second one beside it would be refused.
 */
export function livingPostmaster(dataDirectory: string): ProcessIdentity | null {
  let pid: number;
  try {
    pid = Number(readFileSync(path.join(dataDirectory, 'postmaster.pid'), 'utf8').split('\n')[0]);
    // A postmaster works in its data directory; a stranger that got the pid after it does not.
    if (readlinkSync(`/proc/${pid}/cwd`) !== realpathSync(dataDirectory)) return null;
  } catch {
    return null;
  }
  return identityOf(pid);
}

/** How long the processes of a killed postmaster may hold its memory: a start meanwhile ends at once. */
const PREDECESSOR_MS = 15_000;

const READY_MS = 60_000;

class EndedWhileStarting extends AppError {}

function endedWhileStarting({ logFile }: PostgresCluster): EndedWhileStarting {
  return new EndedWhileStarting('internal', 'PostgreSQL ended while starting.', {
    cause: `The last that it said: ${lastLine(logFile)}`,
    fix: `Mend what it names, then: cellblock up. All that it said: tail -n 30 ${logFile}`,
  });
}

function lastLine(file: string): string {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
  return lines.at(-1) || 'nothing';
}

/** Starts the postmaster, or adopts a living one, and resolves when it answers. */
export async function startPostmaster(
  cluster: PostgresCluster,
): Promise<{ process: ProcessIdentity; adopted: boolean }> {
  const deadline = Date.now() + PREDECESSOR_MS;
  for (;;) {
    try {
      const living = livingPostmaster(cluster.dataDirectory);
      const postmaster = living ?? spawnPostmaster(cluster);
      await waitUntilReady(cluster, postmaster);
      return { process: postmaster, adopted: living !== null };
    } catch (error) {
      if (!(error instanceof EndedWhileStarting) || Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}

function spawnPostmaster(cluster: PostgresCluster): ProcessIdentity {
  const settings = {
    listen_addresses: '',
    unix_socket_directories: cluster.socketDirectory,
    unix_socket_permissions: '0777',
    port: String(SOCKET_PORT),
    ...cluster.settings,
  };
  mkdirSync(cluster.socketDirectory, { recursive: true });
  const log = openSync(cluster.logFile, 'a', 0o640);
  const child = spawn(
    path.join(cluster.binaries, 'bin/postgres'),
    [
      '-D',
      cluster.dataDirectory,
      ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
    ],
    {
      uid: cluster.uid,
      gid: cluster.gid,
      cwd: '/',
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
      // Its own session: a signal to our process group must not take the database along.
      detached: true,
      stdio: ['ignore', log, log],
    },
  );
  child.on('error', () => {});
  child.unref();
  const identity = child.pid === undefined ? null : identityOf(child.pid);
  if (child.pid === undefined) {
    const program = path.join(cluster.binaries, 'bin/postgres');
    throw new AppError('internal', 'PostgreSQL cannot be executed.', {
      cause: `User ${cluster.uid} may not run ${program}, or it is not there.`,
      fix: `See which directory is closed or missing: namei -l ${program}; open it: chmod o+x DIRECTORY`,
    });
  }
  // It may have ended before we looked at it.
  if (!identity) throw endedWhileStarting(cluster);
  return identity;
}

async function waitUntilReady(cluster: PostgresCluster, postmaster: ProcessIdentity): Promise<void> {
  const deadline = Date.now() + READY_MS;
  for (;;) {
    try {
      await withClient(connectionUrl(cluster.socketDirectory, 'postgres', 'postgres'), async () => {});
      return;
    } catch (error) {
      if (!isAlive(postmaster)) {
        throw endedWhileStarting(cluster);
      }
      if (Date.now() > deadline) {
        throw new AppError('internal', `PostgreSQL (process ${postmaster.pid}) does not answer.`, {
          cause: `For ${READY_MS / 1000} s: ${(error as Error).message}`,
          fix: `Its log says what it does: tail ${cluster.logFile}; after a crash it reads its log again, which may take minutes: cellblock up goes on waiting`,
        });
      }
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
}

/** Stops it in order (clients are cut off, everything is written); forces it after 20 s. */
export async function stopPostmaster(dataDirectory: string): Promise<void> {
  const living = livingPostmaster(dataDirectory);
  if (!living) return;
  signalProcess(living, 'SIGINT');
  if (await waitForExit(living, 20_000)) return;
  await endProcess(living, 1_000);
}

/** Runs `use` with a connection that is closed afterwards. */
export async function withClient<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  // A server that goes away while the connection idles must not end the process.
  client.on('error', () => {});
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

/** Role and database exist: names are our own constants, never input. */
export async function ensureRole(client: pg.Client, role: string): Promise<void> {
  const found = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
  if (found.rowCount === 0) await client.query(`CREATE ROLE ${client.escapeIdentifier(role)} LOGIN`);
}

export async function ensureDatabase(client: pg.Client, database: string, owner: string): Promise<void> {
  const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
  if (found.rowCount === 0) {
    await client.query(
      `CREATE DATABASE ${client.escapeIdentifier(database)} OWNER ${client.escapeIdentifier(owner)}`,
    );
  }
}

/** A directory that `uid` owns, with that mode. */
export function ownedDirectory(directory: string, uid: number, gid: number, mode: number): string {
  mkdirSync(directory, { recursive: true });
  chownSync(directory, uid, gid);
  chmodSync(directory, mode);
  return directory;
}

import { spawnSync } from 'node:child_process';
import { chmodSync, lstatSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { dataDirectory } from '@cellblock/shared/data-directory';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { callDashboard, dashboardAnswers } from '../supervisor/dashboard-root.ts';
import { livingPostmaster } from '../supervisor/postgres-cluster.ts';
import { type ProcessIdentity, signalProcess, waitForExit } from '../supervisor/process-identity.ts';
import { processOfPidFile } from '../supervisor/supervised-process.ts';
import { ensureSystemUsers } from '../supervisor/system-users.ts';

/** The product itself, without its agent: built from this clone into a directory of its own. */
const repository = path.join(import.meta.dirname, '../../../..');
const NOBODY = 65_534;
let data: string;
let port: number;

const place = () => dataDirectory(data);

function cellblock(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(path.join(repository, 'cellblock'), args, {
    encoding: 'utf8',
    env: { ...process.env, CELLBLOCK_DATA: data, DATABASE_URL: '' },
  });
}
const up = () => cellblock('up', '--detach', '--no-agent', '--port', String(port));

function processNamed(name: string): ProcessIdentity {
  const found = processOfPidFile(path.join(place().run, `${name}.pid`));
  if (!found) throw new Error(`${name} does not run`);
  return found;
}

function postmaster(): ProcessIdentity {
  const found = livingPostmaster(place().postgres);
  if (!found) throw new Error('postgres does not run');
  return found;
}

const uidOf = ({ pid }: ProcessIdentity) =>
  Number(/^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);

async function killAndWaitUntilBack(victim: ProcessIdentity): Promise<number> {
  const killedAt = Date.now();
  signalProcess(victim, 'SIGKILL');
  await waitForExit(victim, 5_000);
  while (!(await dashboardAnswers(place().rootSocket))) {
    if (Date.now() - killedAt > 10_000) throw new Error('not back within 10 s');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return Date.now() - killedAt;
}

beforeAll(async () => {
  data = mkdtempSync(path.join(tmpdir(), 'cellblock-up-'));
  chmodSync(data, 0o755);
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
  await new Promise((resolve) => server.close(resolve));
  const first = up();
  expect(first.stderr + first.stdout).toContain(`Cellblock is up: http://localhost:${port}`);
  expect(first.status).toBe(0);
}, 600_000);

afterAll(() => {
  cellblock('down');
  rmSync(data, { recursive: true, force: true });
});

test('up says where it is, with a one-time link and the tunnel; again, it only says so', () => {
  const startedAt = Date.now();
  const again = up();
  expect(Date.now() - startedAt).toBeLessThan(10_000);
  expect(again.status).toBe(0);
  expect(again.stderr).toContain('already running');
  expect(again.stdout).toMatch(new RegExp(`http://localhost:${port}/setup/\\S+token=\\S+`));
  expect(again.stdout).toContain(`ssh -L ${port}:localhost:${port} `);
});

test('status names what runs, for programs too', () => {
  const status = cellblock('status', '-o', 'json');
  expect(status.status).toBe(0);
  expect(JSON.parse(status.stdout)).toMatchObject({
    up: true,
    processes: { database: postmaster().pid, dashboard: processNamed('dashboard').pid, warden: null },
  });
});

test('each part runs as its own user', () => {
  const users = ensureSystemUsers();
  expect(uidOf(processNamed('dashboard'))).toBe(users.web.uid);
  expect(uidOf(postmaster())).toBe(users.db.uid);
  expect(uidOf(processNamed('supervisor'))).toBe(0);
});

test("another user reaches neither the database nor root's socket; root does", () => {
  const sockets = [place().rootSocket, path.join(place().databaseSocket, '.s.PGSQL.5432')];
  const connect = `const s = require('net').connect(process.argv[1]);
    s.on('connect', () => { console.log('connected'); process.exit(0); }).on('error', (e) => { console.log(e.code); process.exit(0); })`;
  const tryAs = (uid: number, socket: string) =>
    spawnSync(path.join(place().currentApp, 'bin/node'), ['-e', connect, socket], {
      uid,
      gid: uid,
      cwd: '/',
      encoding: 'utf8',
    }).stdout.trim();
  expect(sockets.map((socket) => tryAs(NOBODY, socket))).toEqual(['EACCES', 'EACCES']);
  expect(sockets.map((socket) => tryAs(0, socket))).toEqual(['connected', 'connected']);
  expect(lstatSync(place().postgres).mode & 0o077).toBe(0);
});

test('a killed dashboard and a killed database come back, and nothing acknowledged is lost', async () => {
  const create = (name: string) =>
    callDashboard(place().rootSocket, 'mutation', 'tokens.create', {
      name,
      role: 'viewer',
      expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
    });
  const names = async () =>
    (await callDashboard<{ name: string }[]>(place().rootSocket, 'query', 'tokens.list')).map(
      ({ name }) => name,
    );
  await create('before-dashboard');
  expect(await killAndWaitUntilBack(processNamed('dashboard'))).toBeLessThan(5_000);
  await create('before-database');
  expect(await killAndWaitUntilBack(postmaster())).toBeLessThan(8_000);
  expect(await names()).toEqual(expect.arrayContaining(['before-dashboard', 'before-database']));
});

test('after its supervisor was killed, up adopts the database and starts the rest anew', async () => {
  const [database, dashboard] = [postmaster(), processNamed('dashboard')];
  const supervisor = processNamed('supervisor');
  signalProcess(supervisor, 'SIGKILL');
  await waitForExit(supervisor, 5_000);
  expect(processNamed('dashboard')).toEqual(dashboard);
  expect(cellblock('status').status).toBe(8);

  const again = up();
  expect(again.stderr + again.stdout).toContain('Cellblock is up');
  expect(postmaster()).toEqual(database);
  expect(processNamed('dashboard')).not.toEqual(dashboard);
});

test('a port in use is refused with who holds it', () => {
  const other = mkdtempSync(path.join(tmpdir(), 'cellblock-up-other-'));
  chmodSync(other, 0o755);
  try {
    const refused = cellblock('up', '--data', other, '--port', String(port), '--no-agent', '--detach');
    expect(refused.status).toBe(4);
    expect(refused.stderr).toContain(`Process ${processNamed('dashboard').pid} listens on it`);
  } finally {
    rmSync(other, { recursive: true, force: true });
  }
});

test('without root it says what to do', () => {
  const app = place().currentApp;
  const refused = spawnSync(path.join(app, 'bin/node'), [path.join(app, 'cli.mjs'), 'up', '--data', data], {
    uid: NOBODY,
    gid: NOBODY,
    cwd: '/',
    encoding: 'utf8',
  });
  expect(refused.status).toBe(5);
  expect(refused.stderr).toMatch(/needs root[\s\S]*fix: sudo/);
});

test('a full disk is said to be full before anything is begun', () => {
  const small = mkdtempSync(path.join(tmpdir(), 'cellblock-up-small-'));
  chmodSync(small, 0o755);
  try {
    const script =
      'mount -t tmpfs -o size=8m,mode=755 none "$1" && exec "$2" up --data "$1" --port "$3" --no-agent --detach';
    const refused = spawnSync(
      'unshare',
      ['-m', 'sh', '-c', script, 'sh', small, path.join(repository, 'cellblock'), String(port + 1)],
      { encoding: 'utf8' },
    );
    expect(refused.status).toBe(2);
    expect(refused.stderr).toMatch(/MiB free below[\s\S]*fix: du/);
  } finally {
    rmSync(small, { recursive: true, force: true });
  }
});

test('down stops everything, and says so when there is nothing to stop', async () => {
  const parts = [processNamed('supervisor'), processNamed('dashboard'), postmaster()];
  const stopped = cellblock('down');
  expect(stopped.status).toBe(0);
  expect(stopped.stderr).toContain('stopped: dashboard, agent and database');
  for (const part of parts) expect(await waitForExit(part, 0)).toBe(true);
  expect(cellblock('status').status).toBe(8);
  expect(cellblock('down').stderr).toContain('nothing was running');
});

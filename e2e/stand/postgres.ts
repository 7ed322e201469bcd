import { spawn } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from '@playwright/test';
import { endProcess } from './end-instance.ts';
import { inNetns, mustRun, runProgram } from './run-program.ts';
import { addressesOf, giveAddresses, type Segment } from './segment.ts';
import { processesInNetns } from './site-processes.ts';
import { standPrefix } from './stand-name.ts';

const PROGRAMS = '/usr/lib/postgresql/15/bin';
const NUMBER = 5;
/** Debian's `nobody`: PostgreSQL refuses to run as root. */
const NOBODY = 65_534;
const PASSWORD = 'choose one';

/** What a dashboard is told of the database. */
export const DATABASE_URL = `postgresql://cellblock:${encodeURIComponent(PASSWORD)}@${addressesOf(NUMBER).v4}/cellblock`;

/** Debian's PostgreSQL 15 on a machine of its own on the segment, prepared as docs/external-database.md says. */
export async function joinPostgres(segment: Segment): Promise<{ close(): Promise<void> }> {
  const joined = await segment.join('db');
  await giveAddresses(joined.name, 'eth0', NUMBER);
  const directory = mkdtempSync(path.join(tmpdir(), `${standPrefix}pg-`));
  const data = path.join(directory, 'data');
  mkdirSync(data, { mode: 0o700 });
  for (const each of [directory, data]) chownSync(each, NOBODY, NOBODY);
  const asNobody = { as: NOBODY, netns: joined.netns };
  const close = async () => {
    for (const pid of processesInNetns(joined.netns)) endProcess(pid);
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    await mustRun(
      [
        `${PROGRAMS}/initdb`,
        '-D',
        data,
        '-U',
        'postgres',
        '--auth-local=trust',
        '-E',
        'SQL_ASCII',
        '--locale=C',
      ],
      asNobody,
    );
    writeFileSync(
      path.join(data, 'pg_hba.conf'),
      'local all postgres trust\nhost all all 10.99.0.0/24 scram-sha-256\n',
    );
    const settings = {
      listen_addresses: addressesOf(NUMBER).v4,
      unix_socket_directories: directory,
      max_connections: '100',
      // Nobody mourns this data: the disk is spared.
      fsync: 'off',
    };
    const log = openSync(path.join(directory, 'log'), 'a');
    const set = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const [program = '', ...args] = inNetns(
      [
        'setpriv',
        `--reuid=${NOBODY}`,
        `--regid=${NOBODY}`,
        '--clear-groups',
        '--',
        `${PROGRAMS}/postgres`,
        '-D',
        data,
        ...set,
      ],
      joined.netns,
    );
    spawn(program, args, { stdio: ['ignore', log, log], cwd: '/' }).unref();
    const psql = ['psql', '-h', directory, '-U', 'postgres', '-v', 'ON_ERROR_STOP=1', '-q'];
    await expect
      .poll(async () => (await runProgram([...psql, '-c', 'SELECT 1'])).exitCode, { timeout: 60_000 })
      .toBe(0);
    for (const statement of preparation()) await mustRun([...psql, '-c', statement]);
    return { close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The statements that the documentation gives to the database's administrator. */
function preparation(): string[] {
  const text = readFileSync(path.join(import.meta.dirname, '../../docs/external-database.md'), 'utf8');
  const block = /```sql\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
  return block.split('\n').filter((line) => line !== '');
}

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openExternal, refuseOldServer } from './database.ts';
import { connectionUrl, withClient } from './postgres-cluster.ts';

const socketDirectory = new URL(process.env.DATABASE_OWNER_URL ?? '').searchParams.get('host') ?? '';
const asAdministrator = (sql: string, database = 'postgres') =>
  withClient(connectionUrl(socketDirectory, 'postgres', database), (client) => client.query(sql));

const urlAs = (role: string) => connectionUrl(socketDirectory, role, 'elsewhere');
let migrations: string;

beforeAll(async () => {
  migrations = mkdtempSync(path.join(tmpdir(), 'cellblock-migrations-'));
  mkdirSync(path.join(migrations, '1_history'));
  writeFileSync(
    path.join(migrations, '1_history/migration.sql'),
    'CREATE TABLE history (n int); GRANT SELECT, INSERT ON history TO cellblock_app',
  );
  await asAdministrator('CREATE ROLE elsewhere_owner LOGIN');
  await asAdministrator('CREATE DATABASE elsewhere OWNER elsewhere_owner');
});
afterAll(async () => {
  await asAdministrator('DROP DATABASE elsewhere WITH (FORCE)');
  await asAdministrator('DROP ROLE elsewhere_owner');
  rmSync(migrations, { recursive: true, force: true });
});

test("a user that may not act as the application's role is refused, with the statement that mends it", async () => {
  await expect(openExternal(urlAs('elsewhere_owner'), migrations)).rejects.toMatchObject({
    refusal: {
      code: 'denied',
      field: 'DATABASE_URL',
      fix: expect.stringContaining('GRANT cellblock_app TO "elsewhere_owner"'),
    },
  });
});

test('the dashboard may add to the history and not change it', async () => {
  await asAdministrator('GRANT cellblock_app TO elsewhere_owner');
  const { applicationUrl, migrated } = await openExternal(urlAs('elsewhere_owner'), migrations);
  expect(migrated).toEqual(['1_history']);
  await withClient(applicationUrl, async (client) => {
    await client.query('INSERT INTO history VALUES (1)');
    await expect(client.query('UPDATE history SET n = 2')).rejects.toMatchObject({ code: '42501' });
  });
  // The control: the same statement passes with the owner's own rights.
  await withClient(urlAs('elsewhere_owner'), (client) => client.query('UPDATE history SET n = 2'));
  expect((await openExternal(urlAs('elsewhere_owner'), migrations)).migrated).toEqual([]);
});

test.each([
  [
    'whose tables it may not make',
    'public',
    'TEMPLATE template0',
    'ALTER DATABASE "bare" OWNER TO "stranger";',
  ],
  ['where it may make no extension', 'extension', 'TEMPLATE template0', 'CREATE EXTENSION btree_gist;'],
  [
    'of another encoding',
    'encoding',
    "OWNER stranger ENCODING 'SQL_ASCII' TEMPLATE template0",
    "ENCODING 'UTF8'",
  ],
])('a database %s is refused, with the statement that mends it', async (_, lack, how, fix) => {
  await asAdministrator('CREATE ROLE stranger LOGIN IN ROLE cellblock_app');
  try {
    await asAdministrator(`CREATE DATABASE bare ${how}`);
    if (lack === 'extension') await asAdministrator('GRANT CREATE ON SCHEMA public TO stranger', 'bare');
    const url = connectionUrl(socketDirectory, 'stranger', 'bare');
    const refused = openExternal(url, migrations);
    await expect(refused).rejects.toMatchObject({
      refusal: { code: 'denied', field: 'DATABASE_URL', fix: expect.stringContaining(fix) },
    });
    // The control: with what the refusal asks for, it is taken.
    if (lack === 'public') await asAdministrator('ALTER DATABASE bare OWNER TO stranger');
    if (lack === 'extension') await asAdministrator('CREATE EXTENSION btree_gist', 'bare');
    if (lack !== 'encoding') expect((await openExternal(url, migrations)).migrated).toEqual(['1_history']);
  } finally {
    await asAdministrator('DROP DATABASE IF EXISTS bare WITH (FORCE)');
    await asAdministrator('DROP ROLE stranger');
  }
});

test('a database that is gone is said to be gone', async () => {
  const url = connectionUrl('/nonexistent', 'nobody', 'nothing');
  await expect(openExternal(url, migrations)).rejects.toMatchObject({
    refusal: { code: 'unreachable', field: 'DATABASE_URL', fix: expect.any(String) },
  });
});

test('an old server is refused by its version', () => {
  expect(() => refuseOldServer(14)).toThrow('PostgreSQL 14 is too old.');
  refuseOldServer(15);
});

test('the suite runs on the server that it was told to', async () => {
  const { rows } = await asAdministrator('SHOW server_version');
  const told = process.env.CELLBLOCK_TEST_POSTGRES;
  expect((rows[0] as { server_version: string }).server_version).toMatch(told ? /^15\./ : /^18\./);
});

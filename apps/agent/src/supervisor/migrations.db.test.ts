import { expect, test } from 'vitest';
import { applyMigrations, type Migration } from './migrations.ts';
import { withClient } from './postgres-cluster.ts';

const owner = () => process.env.DATABASE_OWNER_URL ?? '';
const migration = (name: string, sql: string, checksum = name): Migration => ({ name, sql, checksum });

/** The history that the template brought along is not this test's subject. */
const onEmptyHistory = <T>(use: Parameters<typeof withClient<T>>[1]) =>
  withClient<T>(owner(), async (client) => {
    await client.query(
      'DROP SCHEMA IF EXISTS history CASCADE; CREATE SCHEMA history; SET search_path = history',
    );
    return use(client);
  });

test('applies what is missing, once and in order', async () => {
  const two = [
    migration('1_table', 'CREATE TABLE t (n int); INSERT INTO t VALUES (1)'),
    migration('2_body', 'CREATE FUNCTION f() RETURNS int AS $$ BEGIN RETURN 1; END; $$ LANGUAGE plpgsql'),
  ];
  await onEmptyHistory(async (client) => {
    expect(await applyMigrations(client, two.slice(0, 1))).toEqual(['1_table']);
    expect(await applyMigrations(client, two)).toEqual(['2_body']);
    expect(await applyMigrations(client, two)).toEqual([]);
    expect((await client.query('SELECT count(*)::int AS n FROM t')).rows).toEqual([{ n: 1 }]);
  });
});

test('a migration that fails leaves nothing of itself', async () => {
  await onEmptyHistory(async (client) => {
    const broken = migration('1_broken', 'CREATE TABLE half (n int); SELECT 1/0');
    await expect(applyMigrations(client, [broken])).rejects.toMatchObject({
      message: 'Migration 1_broken failed and was rolled back.',
      refusal: { cause: 'PostgreSQL says: division by zero' },
    });
    expect((await client.query("SELECT to_regclass('history.half') AS half")).rows).toEqual([{ half: null }]);
    expect(await applyMigrations(client, [migration('1_broken', 'CREATE TABLE half (n int)')])).toEqual([
      '1_broken',
    ]);
  });
});

test('refuses a database that another build has migrated', async () => {
  await onEmptyHistory(async (client) => {
    await applyMigrations(client, [migration('1_a', 'SELECT 1')]);
    await expect(applyMigrations(client, [])).rejects.toThrow(/1_a, which this build does not know/);
    await expect(applyMigrations(client, [migration('1_a', 'SELECT 1', 'other')])).rejects.toThrow(
      /applied with other contents/,
    );
  });
});

test('two appliers at once apply each migration once', async () => {
  await withClient(owner(), (client) =>
    client.query('DROP SCHEMA IF EXISTS race CASCADE; CREATE SCHEMA race'),
  );
  const one = [migration('1_a', 'CREATE TABLE a (n int)')];
  const apply = () =>
    withClient(owner(), async (client) => {
      await client.query('SET search_path = race');
      return applyMigrations(client, one);
    });
  const results = await Promise.all([apply(), apply(), apply()]);
  expect(results.flat()).toEqual(['1_a']);
});

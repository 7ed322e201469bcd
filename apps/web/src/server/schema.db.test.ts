import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Prisma } from '../generated/prisma/client.ts';
import { testDb } from './test-fleet.ts';

const app = new pg.Client({ connectionString: process.env.DATABASE_URL });
const owner = new pg.Client({ connectionString: process.env.DATABASE_OWNER_URL });
beforeAll(async () => {
  await app.connect();
  await owner.connect();
});
afterAll(async () => {
  await app.end();
  await owner.end();
});

const EVENT = '019ab0c0-0000-7000-8000-000000000001';
const insertEvent = `INSERT INTO audit_event (id, kind, phase, actor_type, actor_id, object_type, object_id, leaf)
  VALUES ('${EVENT}', 'network.create', 'intent', 'system', 'test', 'network', 'n', '{}')`;

test('the application adds to the history and cannot change, delete or truncate it', async () => {
  await app.query(insertEvent);
  for (const sql of [
    `UPDATE audit_event SET kind = 'x'`,
    'DELETE FROM audit_event',
    'TRUNCATE audit_event CASCADE',
  ])
    await expect(app.query(sql), sql).rejects.toMatchObject({ code: '42501' });
  const { rows } = await app.query('SELECT kind FROM audit_event');
  expect(rows).toEqual([{ kind: 'network.create' }]);
});

test('the owner of the tables is refused too, by trigger', async () => {
  for (const table of ['audit_event', 'audit_detail', 'audit_leaf', 'receipt'])
    for (const sql of [`DELETE FROM ${table}`, `TRUNCATE ${table} CASCADE`])
      await expect(owner.query(sql), sql).rejects.toThrow('history is only added to');
  await expect(owner.query(`UPDATE audit_event SET kind = 'x'`)).rejects.toThrow('history is only added to');
});

test('control: without the trigger the owner could', async () => {
  await owner.query('BEGIN');
  await owner.query('ALTER TABLE audit_event DISABLE TRIGGER USER');
  const changed = await owner.query(`UPDATE audit_event SET kind = 'x'`);
  expect(changed.rowCount).toBe(1);
  await owner.query('ROLLBACK');
});

test('numbers of the history are dense', async () => {
  const leaf = (seq: number) =>
    app.query(
      `INSERT INTO audit_leaf (seq, event_id, leaf, hash) VALUES ($1, $2, 'x', sha256('\\x00'::bytea || 'x'))`,
      [seq, EVENT],
    );
  await expect(leaf(2)).rejects.toThrow('audit number 2 is not the next one');
  await leaf(1);
});

test('a leaf with another hash is refused', async () => {
  await expect(
    app.query(`INSERT INTO audit_leaf (seq, event_id, leaf, hash) VALUES (2, $1, 'x', sha256('x'))`, [EVENT]),
  ).rejects.toMatchObject({ code: '23514' });
});

const SCHEMA = path.join(import.meta.dirname, '../../prisma/schema');

/** What is written by the migrations alone, and what is counted by a statement that Prisma has no word for. */
const WITHOUT_MODEL = ['_prisma_migrations', 'sign_in_tries', 'jail_sample'];

test('every table has its model, and every model its table', async () => {
  const models = readdirSync(SCHEMA).flatMap((file) =>
    [...readFileSync(path.join(SCHEMA, file), 'utf8').matchAll(/@@map\("(\w+)"\)/g)].map((match) => match[1]),
  );
  const { rows } = await app.query<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`,
  );
  expect([...models, ...WITHOUT_MODEL].sort()).toEqual(rows.map(({ name }) => name).sort());
});

test('every column of a model is there, and the application may read it', async () => {
  const db = testDb();
  try {
    const models = Object.values(Prisma.ModelName);
    expect(models.length).toBeGreaterThan(10);
    for (const model of models) {
      const delegate = `${model[0]?.toLowerCase()}${model.slice(1)}` as 'host';
      await expect(db[delegate].findFirst(), model).resolves.not.toBeUndefined();
    }
  } finally {
    await db.$disconnect();
  }
});

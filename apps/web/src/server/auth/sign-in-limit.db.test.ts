import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { connectDb } from '../db.ts';
import { SignInLimit } from './sign-in-limit.ts';

const db = connectDb(process.env.DATABASE_URL ?? '');
/** The same database seen by a second dashboard. */
const elsewhere = connectDb(process.env.DATABASE_URL ?? '');
beforeEach(async () => {
  await db.$executeRaw`DELETE FROM sign_in_tries`;
});
afterAll(async () => {
  await db.$disconnect();
  await elsewhere.$disconnect();
});

const BEGIN = Date.parse('2026-01-01T00:00:00Z');
const fail = async (limit: SignInLimit, times: number, account: string | null, source: string | null) => {
  for (let i = 0; i < times; i++) await limit.take(account, source);
};

describe('tries', () => {
  it('of an account end after five, and one comes back after half a minute', async () => {
    let now = BEGIN;
    const limit = new SignInLimit(db, () => new Date(now));
    await fail(limit, 5, 'mira', null);
    await expect(limit.take('mira', null)).rejects.toThrow('Too many tries. Next in 30 s.');
    now = BEGIN + 12_500;
    await expect(limit.take('Mira', null)).rejects.toThrow('Too many tries. Next in 18 s.');
    now = BEGIN + 30_000;
    await fail(limit, 1, 'mira', null);
    await expect(limit.take('mira', null)).rejects.toThrow('Too many tries');
  });

  it('of one account do not stop another, and a refused one costs its source nothing', async () => {
    const limit = new SignInLimit(db, () => new Date(BEGIN));
    await fail(limit, 5, 'mira', '192.0.2.1');
    for (let i = 0; i < 50; i++) await expect(limit.take('mira', '192.0.2.1')).rejects.toThrow('Too many');
    await limit.take('otto', '192.0.2.1');
  });

  it('of one source end, whatever names it tries', async () => {
    const limit = new SignInLimit(db, () => new Date(BEGIN));
    for (let i = 0; i < 20; i++) await fail(limit, 1, `name${i}`, '192.0.2.1');
    await expect(limit.take('other', '192.0.2.1')).rejects.toThrow('Too many tries');
    await limit.take('other', '192.0.2.2');
  });

  it('of a v6 source are counted by its /64, since one caller owns all of it', async () => {
    const limit = new SignInLimit(db, () => new Date(BEGIN));
    for (let i = 0; i < 20; i++) await fail(limit, 1, `name${i}`, `2001:db8:1:2::${i + 1}`);
    await expect(limit.take('other', '2001:db8:1:2:ffff::1')).rejects.toThrow('Too many tries');
    await limit.take('other', '2001:db8:1:3::1');
  });

  it('are not spent by signing in as it should be', async () => {
    const limit = new SignInLimit(db);
    for (let i = 0; i < 30; i++) {
      await limit.take('mira', '192.0.2.1');
      await limit.giveBack('mira', '192.0.2.1');
    }
    const rows = await db.$queryRaw<
      { remaining: number }[]
    >`SELECT remaining FROM sign_in_tries ORDER BY key`;
    expect(rows.map(({ remaining }) => remaining)).toEqual([5, 20]);
  });

  it('at two dashboards at once are counted together: five of thirty pass', async () => {
    const both = [new SignInLimit(db), new SignInLimit(elsewhere)];
    const tried = await Promise.allSettled(
      Array.from({ length: 30 }, (_, i) => both[i % 2]?.take('mira', '192.0.2.1')),
    );
    expect(tried.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
  });

  it('are forgotten when they are all back', async () => {
    const limit = new SignInLimit(db, () => new Date(Date.now() - 11 * 60_000));
    await limit.take('mira', null);
    await limit.forgetFull();
    expect(await db.$queryRaw`SELECT key FROM sign_in_tries`).toEqual([]);
    await new SignInLimit(db).take('mira', null);
    await limit.forgetFull();
    expect(await db.$queryRaw`SELECT key FROM sign_in_tries`).toHaveLength(1);
  });
});

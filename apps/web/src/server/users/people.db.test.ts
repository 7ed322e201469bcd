import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, cookieOf, DashboardUnderTest, PASSWORD } from '../testing/dashboard-under-test.ts';

const dashboard = new DashboardUnderTest();
let admin: Caller & { cookie: string };
beforeAll(async () => {
  await dashboard.start();
  admin = await dashboard.claim('mira');
});
afterAll(() => dashboard.remove());

const invite = async (name: string, role: string) => {
  const { data } = await dashboard.mutate<{ link: string }>('users.invite', { name, role }, admin);
  return new URL(data.link).searchParams.get('token') ?? '';
};
const accept = (token: string) => dashboard.mutate('invites.accept', { token, password: PASSWORD });
const me = async (caller: Caller) =>
  (await dashboard.query<{ user: { name: string; role: string } | null }>('session.me', undefined, caller))
    .data.user;

describe('an invite', () => {
  it('shows whom it is for, makes that person and signs them in', async () => {
    const token = await invite('otto', 'operator');
    expect((await dashboard.query('invites.show', { token })).data).toMatchObject({
      name: 'otto',
      role: 'operator',
    });
    const answer = await accept(token);
    expect(await me({ cookie: cookieOf(answer) })).toMatchObject({ name: 'otto', role: 'operator' });
  });

  it('works once, and says when and by whom it was used', async () => {
    const token = await invite('once', 'viewer');
    const both = await Promise.all([accept(token), accept(token)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    const again = await accept(token);
    expect(again.refusal?.message).toMatch(/^This invite was used by once at 20/);
  });

  it('is ended by a newer one to the same person', async () => {
    const first = await invite('twice', 'viewer');
    const second = await invite('twice', 'auditor');
    expect((await accept(first)).refusal).toMatchObject({ code: 'denied', field: 'token' });
    expect((await accept(second)).status).toBe(200);
  });

  it('ends after three days', async () => {
    const token = await invite('late', 'viewer');
    const { db } = dashboard.running.services;
    await db.invite.updateMany({ where: { name: 'late' }, data: { expiresAt: new Date(Date.now() - 1) } });
    expect((await accept(token)).refusal?.message).toMatch(/^This invite ended at /);
  });

  it('is not made for a name that is taken', async () => {
    const answer = await dashboard.mutate('users.invite', { name: 'mira', role: 'viewer' }, admin);
    expect(answer.refusal).toMatchObject({
      code: 'conflict',
      field: 'name',
      fix: expect.stringContaining('user role mira viewer'),
    });
  });
});

describe('the list of people', () => {
  it('says how and when they came in, and where they are signed in now', async () => {
    await accept(await invite('lena', 'auditor'));
    const { data } = await dashboard.query<{ name: string }[]>('users.list', undefined, admin);
    expect(data.find(({ name }) => name === 'lena')).toMatchObject({
      role: 'auditor',
      twoFactor: false,
      tokens: 0,
      lastSignInAt: expect.stringMatching(/^20/),
      sessions: [{ credential: 'password', from: '127.0.0.1' }],
    });
  });

  it('is for administrators alone', async () => {
    const caller = { cookie: cookieOf(await accept(await invite('nora', 'operator'))) };
    expect((await dashboard.query('users.list', undefined, caller)).refusal?.code).toBe('denied');
    // What roles may do, everybody may know.
    const { data } = await dashboard.query<{
      permissions: {
        permission: string;
        roles: string[];
        procedures: { path: string; changes: boolean }[];
      }[];
    }>('users.roles', undefined, caller);
    const administer = data.permissions.find(({ permission }) => permission === 'administer');
    expect(administer?.roles).toEqual(['admin']);
    expect(administer?.procedures).toContainEqual({ path: 'users.remove', changes: true });
    expect(administer?.procedures).not.toContainEqual({ path: 'jails.stop', changes: true });
  });

  it('lets an administrator sign somebody out everywhere; who they are stays', async () => {
    const caller = { cookie: cookieOf(await accept(await invite('pia', 'operator'))) };
    expect(await me(caller)).toMatchObject({ name: 'pia' });
    const answer = await dashboard.mutate('users.sign-out', { name: 'pia' }, admin);
    expect(answer.data).toEqual({ name: 'pia', ended: 1 });
    expect(await me(caller)).toBeNull();
    const { data } = await dashboard.query<{ events: { kind: string; summary: string }[] }>(
      'audit.search',
      { q: 'action:user.sign-out phase:intent' },
      admin,
    );
    expect(data.events[0]?.summary).toBe('mira signed pia out of 1 session');
  });
});

describe('a token', () => {
  it('says when and from where it was last used', async () => {
    const expiresAt = new Date(Date.now() + 60_000).toISOString();
    const made = await dashboard.mutate<{ token: string }>(
      'tokens.create',
      { name: 'ci-9', role: 'viewer', expiresAt },
      admin,
    );
    const used = async () =>
      (
        await dashboard.query<{ name: string; lastUsedAt: string | null; lastUsedFrom: string | null }[]>(
          'tokens.list',
          undefined,
          admin,
        )
      ).data.find(({ name }) => name === 'ci-9');
    expect(await used()).toMatchObject({ lastUsedAt: null, lastUsedFrom: null });
    await dashboard.query('hosts.list', undefined, { token: made.data.token });
    expect(await used()).toMatchObject({
      lastUsedAt: expect.stringMatching(/^20/),
      lastUsedFrom: '127.0.0.1',
    });
  });
});

describe('a person', () => {
  it('who gets another role is signed out at once', async () => {
    const caller = { cookie: cookieOf(await accept(await invite('vera', 'operator'))) };
    expect(await me(caller)).toMatchObject({ role: 'operator' });
    await dashboard.mutate('users.role', { name: 'vera', role: 'viewer' }, admin);
    expect(await me(caller)).toBeNull();
  });

  it('who may do less takes tokens along that may do more, and no others', async () => {
    const caller = { cookie: cookieOf(await accept(await invite('dora', 'admin'))) };
    const expiresAt = new Date(Date.now() + 60_000).toISOString();
    const make = async (role: string) =>
      (
        await dashboard.mutate<{ token: string }>(
          'tokens.create',
          { name: `dora-${role}`, role, expiresAt },
          caller,
        )
      ).data.token;
    const [strong, weak] = [await make('admin'), await make('viewer')];
    await dashboard.mutate('users.role', { name: 'dora', role: 'operator' }, admin);
    expect(await me({ token: strong })).toBeNull();
    expect(await me({ token: weak })).toMatchObject({ role: 'viewer' });
  });

  it('who is removed is gone with sessions and tokens; the history keeps the name', async () => {
    const caller = { cookie: cookieOf(await accept(await invite('paul', 'admin'))) };
    const expiresAt = new Date(Date.now() + 60_000).toISOString();
    const { data } = await dashboard.mutate<{ token: string }>(
      'tokens.create',
      { name: 'paul-ci', role: 'viewer', expiresAt },
      caller,
    );
    expect(await me({ token: data.token })).toMatchObject({ name: 'paul-ci (token)' });
    await dashboard.mutate('users.remove', { name: 'paul' }, admin);
    expect(await me(caller)).toBeNull();
    expect(await me({ token: data.token })).toBeNull();
    const { db } = dashboard.running.services;
    const events = await db.auditEvent.findMany({
      where: { kind: 'user.remove' },
      include: { details: true },
    });
    expect(JSON.stringify(events)).toContain('mira removed paul');
  });

  it('who is the last administrator stays one', async () => {
    for (const [procedure, input] of [
      ['users.role', { name: 'mira', role: 'viewer' }],
      ['users.remove', { name: 'mira' }],
    ] as const) {
      const answer = await dashboard.mutate(procedure, input, admin);
      expect(answer.refusal).toMatchObject({ code: 'conflict', message: 'This is the last administrator.' });
    }
  });
});

describe('a token', () => {
  const create = (name: string, expiresAt: string) =>
    dashboard.mutate<{ token: string }>('tokens.create', { name, role: 'viewer', expiresAt }, admin);
  const soon = () => new Date(Date.now() + 60_000).toISOString();

  it('is shown once, kept as a hash, and says when it was used last', async () => {
    const { data } = await create('ci', soon());
    expect(data.token).toMatch(/^cb_[\w-]{32}$/);
    await me({ token: data.token });
    const { db } = dashboard.running.services;
    const rows = [await db.apiToken.findMany(), await db.auditDetail.findMany()];
    expect(JSON.stringify(rows)).not.toContain(data.token);
    const list = await dashboard.query<{ name: string; lastUsedAt: string | null; owner: string }[]>(
      'tokens.list',
      undefined,
      admin,
    );
    expect(list.data.find(({ name }) => name === 'ci')).toMatchObject({
      lastUsedAt: expect.any(String),
      owner: 'mira',
    });
  });

  it('ends at its time, and at once when it is removed', async () => {
    const { data } = await create('short', soon());
    const { db } = dashboard.running.services;
    await db.apiToken.update({ where: { name: 'short' }, data: { expiresAt: new Date(Date.now() - 1) } });
    expect(await me({ token: data.token })).toBeNull();
    const other = await create('removed', soon());
    await dashboard.mutate('tokens.remove', { name: 'removed' }, admin);
    expect(await me({ token: other.data.token })).toBeNull();
  });

  it('is refused a time that is past, a name that is taken, and one that is not there', async () => {
    expect((await create('past', new Date(0).toISOString())).refusal).toMatchObject({
      field: 'expiresAt',
      fix: 'Give a later moment.',
    });
    expect((await create('ci', soon())).refusal).toMatchObject({ code: 'conflict', field: 'name' });
    expect((await dashboard.mutate('tokens.remove', { name: 'none' }, admin)).refusal).toMatchObject({
      code: 'not-found',
    });
  });
});

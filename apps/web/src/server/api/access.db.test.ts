import { Role, roleCan } from '@cellblock/shared/role';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, DashboardUnderTest } from '../testing/dashboard-under-test.ts';
import { appRouter } from './root.ts';
import type { ProcedureMeta } from './trpc.ts';

const dashboard = new DashboardUnderTest();
const root: Caller = { root: true };
const tokens = new Map<Role, string>();
let admin: Caller & { cookie: string };

const procedures = (
  Object.entries(appRouter._def.procedures) as unknown as [
    string,
    { _def: { type: string; meta: ProcedureMeta } },
  ][]
).map(([path, { _def }]) => ({ path, type: _def.type, permission: _def.meta.permission }));

beforeAll(async () => {
  await dashboard.start();
  admin = await dashboard.claim();
  for (const role of Role.options) {
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const { data } = await dashboard.mutate<{ token: string }>(
      'tokens.create',
      { name: role, role, expiresAt },
      root,
    );
    tokens.set(role, data.token);
  }
});
afterAll(() => dashboard.remove());

const call = (path: string, type: string, caller: Caller) =>
  type === 'mutation' ? dashboard.mutate(path, {}, caller) : dashboard.query(path, {}, caller);

describe('a stranger', () => {
  it.each(procedures.filter(({ permission }) => permission !== 'public'))(
    'is refused $path',
    async ({ path, type }) => {
      const answer = await call(path, type, {});
      // A stream answers its refusal as an event of the stream.
      expect(answer.status === 401 || answer.text.includes('Nobody is signed in.')).toBe(true);
      expect(answer.data).toBeUndefined();
    },
  );

  it('is not let in by a header that only root’s socket may carry', async () => {
    const { data } = await dashboard.query('session.me', undefined, {
      headers: { 'x-cellblock-person': 'root' },
    });
    expect(data).toMatchObject({ user: null });
  });

  it.each(['cb_made-up', 'cb_', 'anything'])('is not let in by the token %s', async (token) => {
    expect((await dashboard.query('hosts.list', undefined, { token })).status).toBe(401);
  });
});

describe.each(Role.options)('role %s', (role) => {
  const closed = procedures.filter(({ permission }) => permission !== 'public' && !roleCan(role, permission));
  const open = procedures.filter(({ permission }) => permission !== 'public' && roleCan(role, permission));

  it('is refused what it may not, with the roles that may', async () => {
    for (const { path, type } of closed) {
      const { status, text } = await call(path, type, { token: tokens.get(role) ?? '' });
      expect([path, status === 403 || text.includes('Needs role')]).toEqual([path, true]);
      expect(text).toContain(`you are ${role}`);
    }
  });

  it('gets past the door of what it may', async () => {
    // Without valid input most answer that something is missing: what matters is that it is not "denied".
    for (const { path, type } of open.filter((each) => each.type !== 'subscription')) {
      const { status } = await call(path, type, { token: tokens.get(role) ?? '' });
      expect([path, status === 401 || status === 403]).toEqual([path, false]);
    }
  });
});

describe('another site in a signed-in browser', () => {
  const signOut = (headers: Record<string, string>) =>
    dashboard.mutate(
      'users.invite',
      { name: `u${Math.random().toString(36).slice(2, 8)}`, role: 'viewer' },
      {
        cookie: admin.cookie,
        headers,
      },
    );

  it('control: our own page may', async () => {
    expect((await signOut({})).status).toBe(200);
  });
  it.each<[string, Record<string, string>]>([
    ['a foreign Origin', { origin: 'https://evil.example' }],
    ['an opaque Origin', { origin: 'null' }],
    ['our name with another port', { origin: 'http://localhost:1' }],
    ['our name with another scheme', { origin: 'https://localhost' }],
    ['no Origin', { origin: '', 'sec-fetch-site': '' }],
    ['a cross-site fetch', { 'sec-fetch-site': 'cross-site' }],
    ['a same-site fetch', { 'sec-fetch-site': 'same-site' }],
    ['a name that leads to us (DNS rebinding)', { host: 'evil.example', origin: 'http://evil.example' }],
  ])('is refused: %s', async (_, headers) => {
    const answer = await signOut(headers);
    expect(answer.status).toBe(403);
    expect(answer.refusal).toMatchObject({ code: 'denied', fix: expect.any(String) });
  });
});

describe('every answer', () => {
  it.each(['/healthz', '/api/trpc/session.me', '/nothing'])(
    '%s carries the headers that protect it',
    async (url) => {
      const { headers } = await dashboard.request('GET', url);
      expect(headers['content-security-policy']).toMatch(
        /script-src 'self' 'nonce-[\w+/=]+' 'strict-dynamic'/,
      );
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(headers['content-security-policy']).not.toMatch(/script-src[^;]*unsafe/);
      expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY' });
    },
  );
  it('has another nonce each time', async () => {
    const nonces = await Promise.all([1, 2].map(() => dashboard.request('GET', '/healthz')));
    expect(new Set(nonces.map(({ headers }) => headers['content-security-policy'])).size).toBe(2);
  });
});

describe('a refused change', () => {
  it('is in the history, with who was refused and why', async () => {
    const { db } = dashboard.running.services;
    await dashboard.mutate('hosts.remove', { host: 'h9' }, { token: tokens.get('viewer') ?? '' });
    const event = await db.auditEvent.findFirst({
      where: { phase: 'refusal', kind: 'host.remove', objectId: 'h9' },
      include: { details: true },
    });
    expect(event).toMatchObject({ actorType: 'token', credential: 'token' });
    expect(JSON.stringify(event?.details)).toContain('Needs role admin');
  });

  it('is in the history too when it came in a file', async () => {
    const { db } = dashboard.running.services;
    const documents = [{ apiVersion: 'cellblock/v1', kind: 'Jail', metadata: { name: 'web9' }, spec: {} }];
    await dashboard.mutate('documents.put', { documents }, { token: tokens.get('viewer') ?? '' });
    const event = await db.auditEvent.findFirst({ where: { phase: 'refusal', objectId: 'web9' } });
    expect(event).toMatchObject({ kind: 'document.put', objectType: 'jail', actorType: 'token' });
  });

  it('is told a body that is too long', async () => {
    const answer = await dashboard.mutate(
      'hosts.remove',
      { host: 'x'.repeat(1_100_000) },
      { token: tokens.get('admin') ?? '' },
    );
    expect(answer.status).toBe(413);
  });
});

it('root on the machine needs no sign-in, and is written down as the person behind it', async () => {
  const caller = {
    root: true,
    headers: { 'x-cellblock-person': 'mira', 'x-cellblock-sudo-user': 'mira', 'x-cellblock-tty': 'pts/1' },
  };
  const { data } = await dashboard.query('session.me', undefined, caller);
  expect(data).toMatchObject({ user: { name: 'root (mira)', role: 'admin' } });
});

import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, cookieOf, DashboardUnderTest, PASSWORD } from '../testing/dashboard-under-test.ts';

const dashboard = new DashboardUnderTest();
beforeAll(async () => {
  await dashboard.start();
  await dashboard.claim('mira');
});
afterAll(() => dashboard.remove());

const signIn = (username: string, password: string) =>
  dashboard.request('POST', '/api/auth/sign-in/username', {}, { username, password });
const me = async (caller: Caller) =>
  (
    await dashboard.query<{ user: { name: string; twoFactor: boolean } | null }>(
      'session.me',
      undefined,
      caller,
    )
  ).data.user;
const kinds = async () =>
  (await dashboard.running.services.db.auditEvent.findMany({ orderBy: { at: 'asc' } })).map(
    ({ kind, phase, credential }) => `${kind} ${phase} ${credential}`,
  );
/** Other tests of the file shall not be slowed down by the tries of this one. */
const freshTries = async () => {
  await dashboard.running.services.db.$executeRaw`DELETE FROM sign_in_tries`;
};

describe('a session', () => {
  it('begins with the right password and is in the history; ends on the server with sign-out', async () => {
    const answer = await signIn('mira', PASSWORD);
    expect(answer.status).toBe(200);
    const cookie = cookieOf(answer);
    expect(await me({ cookie })).toMatchObject({ name: 'mira' });
    expect(await kinds()).toContain('session.sign-in intent password');
    const out = await dashboard.request('POST', '/api/auth/sign-out', { cookie }, {});
    expect(out.status).toBe(200);
    // The same cookie again: the server has forgotten it, not only the browser.
    expect(await me({ cookie })).toBeNull();
    expect(await kinds()).toContain('session.sign-out intent password');
    // A download is no call of the router, and says the same, so that the page leads to the sign-in.
    const file = { jail: 'web1', path: '/etc/hosts' };
    expect((await dashboard.request('POST', '/api/download', { cookie }, file)).status).toBe(401);
  });

  it('does not begin with a wrong password or for nobody, and both are told the same', async () => {
    await freshTries();
    const wrong = await signIn('mira', 'not the right password');
    const nobody = await signIn('nobody', PASSWORD);
    expect([wrong.status, nobody.status]).toEqual([401, 401]);
    expect(JSON.parse(wrong.text)).toEqual(JSON.parse(nobody.text));
    expect((await kinds()).filter((kind) => kind === 'session.sign-in refusal null')).toHaveLength(2);
  });

  it('ends 12 hours after it began, whatever was done in it', async () => {
    const { db } = dashboard.running.services;
    const cookie = cookieOf(await signIn('mira', PASSWORD));
    const session = await db.session.findFirstOrThrow({ orderBy: { createdAt: 'desc' } });
    await db.session.update({
      where: { id: session.id },
      data: { expiresAt: new Date(Date.now() + 86_400_000) },
    });
    const { expiresAt, createdAt } = await db.session.findUniqueOrThrow({ where: { id: session.id } });
    expect(expiresAt.getTime() - createdAt.getTime()).toBe(12 * 3_600_000);
    await db.session.update({ where: { id: session.id }, data: { expiresAt: new Date(Date.now() - 1) } });
    expect(await me({ cookie })).toBeNull();
  });

  it('ends after half an hour of silence', async () => {
    await signIn('mira', PASSWORD);
    const session = await dashboard.running.services.db.session.findFirstOrThrow({
      orderBy: { createdAt: 'desc' },
    });
    expect((session.expiresAt.getTime() - Date.now()) / 60_000).toBeCloseTo(30, 0);
  });

  it('cannot be begun from another site', async () => {
    const headers = { origin: 'https://evil.example' };
    const answer = await dashboard.request(
      'POST',
      '/api/auth/sign-in/username',
      { headers },
      { username: 'mira', password: PASSWORD },
    );
    expect(answer.status).toBe(403);
  });

  it.each([
    'sign-up/email',
    'sign-in/email',
    'update-user',
    'delete-user',
    'change-email',
    'is-username-available',
  ])('has no %s', async (path) => {
    expect((await dashboard.request('POST', `/api/auth/${path}`, {}, {})).status).toBe(404);
  });
});

describe('tries', () => {
  it('of one account are counted, and the sixth has to wait', async () => {
    await freshTries();
    for (let i = 0; i < 5; i++) expect((await signIn('mira', 'wrong wrong wrong')).status).toBe(401);
    const sixth = await signIn('mira', PASSWORD);
    expect(sixth.status).toBe(403);
    expect(sixth.refusal?.message).toMatch(/^Too many tries\. Next in \d+ s\.$/);
    await freshTries();
    expect((await signIn('mira', PASSWORD)).status).toBe(200);
  });

  it('that come at once are counted as well, and those that succeed are not', async () => {
    await freshTries();
    for (let i = 0; i < 6; i++) expect((await signIn('mira', PASSWORD)).status).toBe(200);
    const tries = await Promise.all(Array.from({ length: 12 }, () => signIn('mira', 'wrong wrong wrong')));
    expect(tries.filter(({ status }) => status === 401)).toHaveLength(5);
    await freshTries();
  });
});

describe('a change of how somebody signs in', () => {
  it('is in the history before it happens, with what came of it, and its tries are counted', async () => {
    await freshTries();
    const cookie = cookieOf(await signIn('mira', PASSWORD));
    const change = (currentPassword: string) =>
      dashboard.request(
        'POST',
        '/api/auth/change-password',
        { cookie },
        { currentPassword, newPassword: PASSWORD },
      );
    const { db } = dashboard.running.services;
    expect((await change('wrong wrong wrong')).status).toBe(400);
    expect((await change(PASSWORD)).status).toBe(200);
    const events = await db.auditEvent.findMany({
      where: { kind: 'user.credential' },
      orderBy: { at: 'asc' },
    });
    expect(events.map(({ phase, outcome }) => `${phase} ${outcome}`)).toEqual([
      'intent null',
      'outcome refused',
      'intent null',
      'outcome applied',
    ]);
    for (let i = 0; i < 4; i++) await change('wrong wrong wrong');
    expect((await change(PASSWORD)).refusal?.message).toMatch(/^Too many tries/);
    await freshTries();
  });
});

it('a session that its owner ends elsewhere is said to have ended', async () => {
  freshTries();
  const { db, changes } = dashboard.running.services;
  await signIn('mira', PASSWORD);
  const other = await db.session.findFirstOrThrow({ orderBy: { createdAt: 'desc' } });
  const cookie = cookieOf(await signIn('mira', PASSWORD));
  const heard: string[] = [];
  changes.on('changed', ({ topics }) => heard.push(...topics));
  expect((await dashboard.request('POST', '/api/auth/revoke-other-sessions', { cookie }, {})).status).toBe(
    200,
  );
  await expect.poll(() => heard).toContain(`session/${other.id}`);
  expect(await me({ cookie })).toMatchObject({ name: 'mira' });
});

describe('TOTP', () => {
  it('is asked for once it is on, and the password alone begins nothing', async () => {
    await freshTries();
    const first = cookieOf(await signIn('mira', PASSWORD));
    const enabled = await dashboard.request(
      'POST',
      '/api/auth/two-factor/enable',
      { cookie: first },
      { password: PASSWORD },
    );
    const { totpURI } = JSON.parse(enabled.text) as { totpURI: string };
    const secret = new URL(totpURI).searchParams.get('secret') ?? '';
    const verified = await dashboard.request(
      'POST',
      '/api/auth/two-factor/verify-totp',
      { cookie: first },
      { code: totp(secret) },
    );
    expect(verified.status).toBe(200);

    const half = await signIn('mira', PASSWORD);
    expect(JSON.parse(half.text)).toMatchObject({ twoFactorRedirect: true });
    expect(await me({ cookie: cookieOf(half) })).toBeNull();
    const wrong = await dashboard.request(
      'POST',
      '/api/auth/two-factor/verify-totp',
      { cookie: cookieOf(half) },
      { code: '000000' },
    );
    expect(wrong.status).toBe(401);
    const whole = await dashboard.request(
      'POST',
      '/api/auth/two-factor/verify-totp',
      { cookie: cookieOf(half) },
      { code: totp(secret) },
    );
    expect(whole.status).toBe(200);
    expect(await me({ cookie: cookieOf(whole) })).toMatchObject({ name: 'mira', twoFactor: true });
    expect(await kinds()).toContain('session.sign-in intent password+totp');
  });

  it('has its tries counted by account, from wherever they come', async () => {
    freshTries();
    const half = cookieOf(await signIn('mira', PASSWORD));
    const limit = dashboard.running.services.signInLimit;
    const guess = () =>
      dashboard.request('POST', '/api/auth/two-factor/verify-totp', { cookie: half }, { code: '000000' });
    for (let i = 0; i < 5; i++) {
      expect((await guess()).refusal?.message ?? '').not.toMatch(/^Too many tries/);
      // As if each try came from another address: what is left of the source's tries says nothing.
      limit.giveBack(null, '127.0.0.1');
    }
    expect((await guess()).refusal?.message).toMatch(/^Too many tries/);
    // The same account is closed for the password too; another is not.
    expect((await signIn('mira', PASSWORD)).status).toBe(403);
    expect((await signIn('nobody', PASSWORD)).status).toBe(401);
    freshTries();
  });
});

/** RFC 6238, six digits, 30 s, SHA-1. */
function totp(base32: string): string {
  const bits = [...base32]
    .map((sign) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(sign).toString(2).padStart(5, '0'))
    .join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const moment = Buffer.alloc(8);
  moment.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const digest = createHmac('sha1', key).update(moment).digest();
  const at = (digest.at(-1) ?? 0) & 15;
  return String((digest.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

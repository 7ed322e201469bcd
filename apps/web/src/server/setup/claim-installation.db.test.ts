import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cookieOf, DashboardUnderTest, PASSWORD } from '../testing/dashboard-under-test.ts';

const dashboard = new DashboardUnderTest();
beforeAll(() => dashboard.start());
afterAll(() => dashboard.remove());

const linkToken = async () => {
  const answer = await dashboard.request('GET', '/setup-link', { root: true });
  const { link } = JSON.parse(answer.text) as { link: string | null };
  return link === null ? null : new URL(link).searchParams.get('token');
};
const events = async () =>
  await dashboard.running.services.db.auditEvent.findMany({ orderBy: { at: 'asc' } });

describe('set-up', () => {
  let used: string | null = null;
  let cookie = '';

  it('is not claimed, and says so to anybody', async () => {
    const { data } = await dashboard.query('setup.status');
    expect(data).toEqual({ claimed: false, hosts: 0, networks: 0, jails: 0 });
  });

  it('gives its link on root’s socket only', async () => {
    expect((await dashboard.request('GET', '/setup-link')).status).toBe(404);
    expect(await linkToken()).toMatch(/^[\w-]{32}$/);
  });

  it('refuses a link that is not ours, and a short password, each with its fix', async () => {
    const wrong = await dashboard.mutate('setup.claim', {
      token: 'x'.repeat(32),
      name: 'mira',
      password: PASSWORD,
    });
    expect(wrong.refusal).toMatchObject({
      code: 'denied',
      field: 'token',
      fix: expect.stringContaining('cellblock up'),
    });
    const short = await dashboard.mutate('setup.claim', {
      token: await linkToken(),
      name: 'mira',
      password: 'short',
    });
    expect(short.refusal).toMatchObject({
      code: 'invalid',
      field: 'password',
      fix: 'Take a longer one, words will do.',
    });
    expect((await dashboard.query<{ claimed: boolean }>('setup.status')).data.claimed).toBe(false);
  });

  it('makes one administrator of two who claim at once, and signs that one in', async () => {
    const [one, two] = [await linkToken(), await linkToken()];
    const answers = await Promise.all([
      dashboard.mutate('setup.claim', { token: one, name: 'mira', password: PASSWORD }),
      dashboard.mutate('setup.claim', { token: two, name: 'otto', password: PASSWORD }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const won = answers.findIndex(({ status }) => status === 200);
    const name = ['mira', 'otto'][won];
    used = [one, two][won] ?? null;
    cookie = cookieOf(answers[won] as (typeof answers)[number]);
    expect(answers[won]?.cookies[0]).toMatch(
      /^__Host-cellblock\.session_token=.*; Path=\/; .*HttpOnly; Secure; SameSite=Lax/,
    );
    const me = await dashboard.query('session.me', undefined, { cookie });
    expect(me.data).toMatchObject({
      user: { name, role: 'admin', twoFactor: false },
      installation: { claimed: true },
    });
    expect(await dashboard.running.services.db.user.count()).toBe(1);
  });

  it('is refused the second time, saying when and by whom', async () => {
    const again = await dashboard.mutate('setup.claim', { token: used, name: 'eve', password: PASSWORD });
    expect(again.status).toBe(409);
    expect(again.refusal?.message).toMatch(/^This installation was claimed by (mira|otto) at 20\d\d-/);
    expect(await linkToken()).toBeNull();
  });

  it('is in the history: the claim, the sign-in after it, and every refusal', async () => {
    const kinds = (await events()).map(({ kind, phase }) => `${kind} ${phase}`);
    expect(kinds).toContain('installation.claim intent');
    expect(kinds).toContain('installation.claim outcome');
    expect(kinds).toContain('session.sign-in intent');
    expect(kinds.filter((kind) => kind === 'installation.claim refusal').length).toBeGreaterThanOrEqual(3);
  });

  it('keeps no secret in the database', async () => {
    const { db } = dashboard.running.services;
    const rows = JSON.stringify([
      await db.setupToken.findMany(),
      await db.auditDetail.findMany(),
      await db.account.findMany(),
    ]);
    expect(rows).not.toContain(used);
    expect(rows).not.toContain(PASSWORD);
  });

  it('does not take a cookie that was changed', async () => {
    expect(
      (await dashboard.query('session.me', undefined, { cookie: cookie.replace(/=.{4}/, '=AAAA') })).data,
    ).toMatchObject({
      user: null,
    });
  });
});

import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Caller, DashboardUnderTest } from '../testing/dashboard-under-test.ts';

const dashboard = new DashboardUnderTest();
let admin: Caller;

beforeAll(async () => {
  await dashboard.start();
  admin = await dashboard.claim();
});
afterAll(() => dashboard.remove());

const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
const scrape = (authorization: string) =>
  dashboard.request('GET', '/metrics', {
    headers: { host: 'as-prometheus-calls-it.example', origin: '', 'sec-fetch-site': '', authorization },
  });

it('is for holders of a token, and not for a browser that is signed in', async () => {
  const { data } = await dashboard.mutate<{ token: string }>(
    'tokens.create',
    { name: 'prometheus', role: 'viewer', expiresAt },
    admin,
  );
  const read = await scrape(`Bearer ${data.token}`);
  expect(read.status).toBe(200);
  expect(read.headers['content-type']).toContain('text/plain; version=0.0.4');
  for (const refused of [
    await scrape(''),
    await scrape('Bearer cb_none'),
    await dashboard.request('GET', '/metrics', admin),
  ]) {
    expect(refused).toMatchObject({ status: 401, text: expect.stringContaining('cellblock token create') });
    expect(refused.text).not.toContain('# TYPE');
  }
  await dashboard.mutate('tokens.remove', { name: 'prometheus' }, admin);
  expect((await scrape(`Bearer ${data.token}`)).status).toBe(401);
});

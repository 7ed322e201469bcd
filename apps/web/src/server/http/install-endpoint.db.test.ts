import { createHash, createPublicKey, verify } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { signedAuthority } from '@cellblock/shared/enrolment-offer';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Caller, DashboardUnderTest } from '../testing/dashboard-under-test.ts';

/** More than the kernel keeps for a reader that does not read. */
const ARCHIVE = Buffer.alloc(24_000_000, 'the agent');
const sha256 = createHash('sha256').update(ARCHIVE).digest('hex');
const dashboard = new DashboardUnderTest();
let admin: Caller;

beforeAll(async () => {
  const file = path.join(dashboard.directory, 'agent.tar.gz');
  writeFileSync(file, ARCHIVE);
  await dashboard.start({ CELLBLOCK_ARCHIVE: file });
  admin = await dashboard.claim();
});
afterAll(() => dashboard.remove());

const anybody = { headers: { host: 'as-hosts-call-it.example', origin: '', 'sec-fetch-site': '' } };
const enrol = async (input: object = {}) =>
  (
    await dashboard.mutate<{ token: string; line: string; archive: { sha256: string } }>(
      'hosts.enroll',
      input,
      admin,
    )
  ).data;
const offer = (token: string, hostname = 'h7') =>
  dashboard
    .request('POST', '/install/offer', anybody, {
      token,
      hostname,
      publicKey: null,
      clock: '2026-11-22T12:00:00.000Z',
    })
    .then(({ text }) => JSON.parse(text) as { type: string; reason?: string; refusal?: { message: string } });

it('serves the archive to anybody under its hash, whole and for ever, and nothing under another', async () => {
  const url = `/install/${sha256}.tar.gz`;
  const served = await dashboard.request('GET', url, anybody);
  expect(served.status).toBe(200);
  expect(served.headers).toMatchObject({ 'content-length': String(ARCHIVE.length) });
  expect(served.headers['cache-control']).toContain('immutable');
  expect(createHash('sha256').update(served.text).digest('hex')).toBe(sha256);
  expect((await dashboard.request('HEAD', url, anybody)).headers['content-length']).toBe(
    String(ARCHIVE.length),
  );
  const other = await dashboard.request('GET', url.replace(sha256, '0'.repeat(64)), anybody);
  expect(other).toMatchObject({ status: 404, text: expect.stringContaining('host enroll') });
});

it('makes a line that names the archive by its hash and itself by its key', async () => {
  const { line, token, archive } = await enrol();
  expect(archive.sha256).toBe(sha256);
  expect(line).toMatch(
    new RegExp(`^sh -c '[^']+' cellblock http://localhost ${sha256} ${token.replace('.', '\\.')}$`),
  );
  expect(token.split('.')[1]).toBe(dashboard.running.services.installation.key.hash);
});

it('vouches for its authority with the key in whose hash tokens end', async () => {
  const answer = JSON.parse((await dashboard.request('GET', '/install/authority', anybody)).text);
  const raw = Buffer.from(answer.publicKey, 'base64');
  expect(createHash('sha256').update(raw).digest('hex')).toBe((await enrol()).token.split('.')[1]);
  const key = createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') },
    format: 'jwk',
  });
  const signature = Buffer.from(answer.signature, 'base64');
  expect(verify(null, signedAuthority(answer.ca), key, signature)).toBe(true);
  expect(verify(null, signedAuthority('another'), key, signature), 'control').toBe(false);
});

it('says of a line whether it would be taken, without using it up, and records a refusal', async () => {
  const { token } = await enrol({ name: 'h7' });
  expect(await offer(token)).toEqual({ type: 'welcome', host: null });
  expect(await offer(token)).toEqual({ type: 'welcome', host: null });
  const { db } = dashboard.running.services;
  await db.enrollment.updateMany({ data: { expiresAt: new Date(Date.now() - 1) } });
  const late = await offer(token);
  expect(late).toMatchObject({ type: 'refused', reason: 'token-expired' });
  expect(late.refusal?.message).toContain("this host's says 2026-11-22T12:00:00.000Z");
  expect(await offer('never-made')).toMatchObject({ type: 'refused', reason: 'token-unknown' });
  const recorded = await db.auditEvent.findMany({ where: { kind: 'host.enroll', phase: 'refusal' } });
  // A secret that was never ours is not worth a record: anybody can make one up.
  expect(recorded.map(({ objectId }) => objectId)).toEqual(['h7']);
});

it('refuses a line for a name that is taken, and what is no offer', async () => {
  const { db } = dashboard.running.services;
  await db.host.create({ data: { name: 'taken', publicKey: 'k', fingerprint: 'SHA256:x', state: 'ready' } });
  const refused = await dashboard.mutate('hosts.enroll', { name: 'taken' }, admin);
  expect(refused.refusal).toMatchObject({ code: 'conflict', field: 'name' });
  expect((await dashboard.request('POST', '/install/offer', anybody, { token: 7 })).status).toBe(400);
});

it('streams to sixteen at once, and asks the next to come again', async () => {
  const { port } = dashboard.running;
  const open = () =>
    new Promise<{ response: http.IncomingMessage; end: () => void }>((resolve, reject) => {
      const request = http.get(
        { host: '127.0.0.1', port, path: `/install/${sha256}.tar.gz`, agent: false },
        (response) => resolve({ response: response.pause(), end: () => request.destroy() }),
      );
      request.on('error', reject);
    });
  const slow = await Promise.all(Array.from({ length: 16 }, open));
  expect(slow.map(({ response }) => response.statusCode)).toEqual(Array(16).fill(200));
  const next = await open();
  expect(next.response.statusCode).toBe(503);
  expect(next.response.headers['retry-after']).toBe('5');
  for (const { end, response } of [...slow, next]) {
    response.on('error', () => undefined);
    end();
  }
  await expect
    .poll(async () => (await dashboard.request('GET', `/install/${sha256}.tar.gz`, anybody)).status)
    .toBe(200);
});

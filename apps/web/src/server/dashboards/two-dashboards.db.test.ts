import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { AppError } from '@cellblock/shared/app-error';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusalOf } from '../api/refusal-of.ts';
import { assignIp } from '../ip-assignments/assign-ip.ts';
import { createJail } from '../jails/create-jail.ts';
import { destroyJail } from '../jails/destroy-jail.ts';
import { execInput, execOutput, openExec } from '../jails/exec-in-jail.ts';
import { jailLogs } from '../jails/jail-logs.ts';
import { purgeExpired } from '../jails/purge-expired.ts';
import { createNetwork } from '../networks/create-network.ts';
import { as, made } from '../test-fleet.ts';
import { AgentUnderTest } from '../testing/agent-under-test.ts';
import { type Caller, cookieOf, DashboardUnderTest, PASSWORD } from '../testing/dashboard-under-test.ts';
import { dialableDashboards } from './list-dashboards.ts';
import { Relays } from './relays.ts';

const root: Caller = { root: true };
let [a, b] = [new DashboardUnderTest(), new DashboardUnderTest()];
const stranger = new DashboardUnderTest();
const agent = new AgentUnderTest();
let admin: Caller;

/** With a URL that others can use, the port must be known before it is listened on. */
async function started(dashboard: DashboardUnderTest, beside?: DashboardUnderTest) {
  const port = await new Promise<number>((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });
  const env = { CELLBLOCK_PORT: String(port), CELLBLOCK_URL: `http://localhost:${port}` };
  return await dashboard.start(env, beside);
}
const keyOf = (dashboard: DashboardUnderTest) => path.join(dashboard.directory, 'web/installation.key');
const dbOf = (dashboard: DashboardUnderTest) => dashboard.running.services.db;

beforeAll(async () => {
  // Both begin at once on a new database: one makes the key, the other must not.
  const begun = await Promise.allSettled([started(a), started(b)]);
  const won = begun.findIndex(({ status }) => status === 'fulfilled');
  expect(begun.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  if (won === 1) [a, b] = [b, a];
  expect((begun[1 - won] as PromiseRejectedResult).reason.message).toContain('whose key is not here');
  expect([existsSync(keyOf(a)), existsSync(keyOf(b))]).toEqual([true, false]);
  await started(b, a);
  admin = await a.claim();
});
afterAll(async () => {
  await agent.hangUp();
  for (const dashboard of [a, b, stranger]) await dashboard.remove();
});

describe('a further dashboard', () => {
  it('is refused without the key, with another key, and makes none', async () => {
    await expect(stranger.start()).rejects.toMatchObject({
      refusal: { code: 'conflict', fix: expect.stringContaining('cellblock dashboard export') },
    });
    expect(existsSync(keyOf(stranger))).toBe(false);
    mkdirSync(path.dirname(keyOf(stranger)), { recursive: true });
    const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
    writeFileSync(keyOf(stranger), pem);
    await expect(stranger.start()).rejects.toThrow('an installation with another key');
  });

  it('knows who has signed in at the first, and sends them away when that does', async () => {
    const me = await b.query<{ user: { name: string } }>('session.me', undefined, admin);
    expect(me.data.user.name).toBe('mira');
    const signedIn = await b.request(
      'POST',
      '/api/auth/sign-in/username',
      {},
      { username: 'mira', password: PASSWORD },
    );
    const cookie = cookieOf(signedIn);
    expect((await a.request('POST', '/api/auth/sign-out', { cookie }, {})).status).toBe(200);
    expect((await b.query<{ user: unknown }>('session.me', undefined, { cookie })).data.user).toBeNull();
  });

  it('is on the list, with who answers', async () => {
    const at = async (dashboard: DashboardUnderTest) =>
      (
        await dashboard.query<{ url: string; state: string; asked: boolean }[]>(
          'fleet.dashboards',
          undefined,
          root,
        )
      ).data;
    const seen = (await at(b)).map(({ url, state, asked }) => [url, state, asked]);
    const urls = [a, b].map((each) => each.running.services.env.url);
    expect(new Map(seen.map(([url, ...rest]) => [url, rest]))).toEqual(
      new Map([
        [urls[0], ['here', false]],
        [urls[1], ['here', true]],
      ]),
    );
  });

  it('counts failed sign-ins together with the first', async () => {
    const wrong = { username: 'nobody', password: 'wrong wrong wrong' };
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        (n % 2 ? a : b).request('POST', '/api/auth/sign-in/username', {}, wrong),
      ),
    );
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5);
    expect(answers.filter(({ status }) => status === 403)).toHaveLength(7);
  });
});

describe('an agent at the first', () => {
  let jail: { id: string; name: string };

  it('is of both', async () => {
    const { data } = await a.mutate<{ token: string }>('hosts.enroll', { name: 'h1', local: true }, root);
    await agent.connect(a.running.port, { token: data.token });
    await expect.poll(async () => (await dbOf(b).host.findFirst())?.kernelState).toBeTruthy();
    jail = made(await createJail(as(dbOf(b)), { name: 'web1', host: 'h1', network: null })).object;
  });

  it('is told at once what was wanted at the second', async () => {
    await expect.poll(() => agent.objects.has(`jail/${jail.id}`), { timeout: 1_500 }).toBe(true);
  });

  it('is asked through the second: checks, logs, a command with its input and its end', async () => {
    const checked = await b.mutate<{ id: string }[]>('hosts.check', { host: 'h1' }, root);
    expect(checked.data.map(({ id }) => id)).toEqual(['netns']);
    const ctx = as(dbOf(b));
    let text = '';
    for await (const piece of jailLogs(ctx, { jail: 'web1' })) text += piece.text;
    expect(text).toBe('one\ntwo\n');
    const { session } = await openExec(ctx, { jail: 'web1', command: ['sh'], uid: 0, tty: null });
    const said: string[] = [];
    for await (const piece of execOutput(ctx, { session })) {
      if (piece.type === 'exit') said.push(`exit ${piece.code}`);
      else said.push(Buffer.from(piece.data, 'base64').toString());
      if (said.length === 1) await execInput(ctx, { session, data: Buffer.from('typed').toString('base64') });
    }
    expect(said).toEqual(['$ ', 'typed', 'exit 3']);
  });

  it('refuses through the second in the words of the host', async () => {
    const refused = openExec(as(dbOf(b)), { jail: 'web1', command: ['refused'], uid: 0, tty: null });
    const error = await refused.catch((error: unknown) => error);
    expect(refusalOf(error, '')).toMatchObject({ code: 'denied', message: 'exec is off on this host' });
  });

  it('is asked by nobody who does not hold the installation’s key', async () => {
    const from = { id: a.running.services.presence.id, url: a.running.services.env.url, ca: null };
    const pair = generateKeyPairSync('ed25519');
    const forged = new Relays(
      {
        ...b.running.services.installation.key,
        sign: (data) => sign(null, data, pair.privateKey).toString('base64'),
      },
      randomUUID(),
    );
    await expect(forged.agentAt(from, agent.hostId)).rejects.toThrow('403');
    // The control: the same question, signed with the key.
    const ours = new Relays(b.running.services.installation.key, randomUUID());
    await expect(ours.agentAt(from, agent.hostId)).resolves.toBeTruthy();
    await expect(ours.agentAt(from, randomUUID())).rejects.toThrow('404');
    ours.close();
  });

  it('goes to the second, and what the first still holds of it ends', async () => {
    const old = agent.socket;
    await agent.connect(b.running.port);
    await expect.poll(() => old?.readyState).toBe(3);
    await expect
      .poll(async () => (await dbOf(a).host.findFirst())?.dashboardId)
      .toBe(b.running.services.presence.id);
    const checked = await a.mutate<{ id: string }[]>('hosts.check', { host: 'h1' }, root);
    expect(checked.data.map(({ id }) => id)).toEqual(['netns']);
  });

  it('is not connected to a dashboard that has stopped, and says so', async () => {
    await agent.hangUp();
    await expect.poll(async () => (await dbOf(a).host.findFirst())?.dashboardId).toBeNull();
    const asked = await a.mutate('hosts.check', { host: 'h1' }, root);
    expect(asked.refusal).toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('is not connected'),
    });
    await agent.connect(a.running.port);
  });
});

describe('both at once', () => {
  it('hear of each other’s changes', async () => {
    const heard = new Promise<string[]>((resolve) => {
      a.running.services.changes.on('changed', ({ topics }) => {
        if (topics.some((topic) => topic.startsWith('network/'))) resolve(topics);
      });
    });
    await createNetwork(as(dbOf(b)), { name: 'race', subnets: ['10.26.0.0/26'], host: 'h1' });
    expect(await heard).toContain('audit');
  });

  it('give 64 callers the addresses of a /26: none twice, exactly full, then a refusal', async () => {
    const jail = made(await createJail(as(dbOf(a)), { name: 'racer', host: 'h1', network: null })).object;
    const answers = await Promise.all(
      Array.from({ length: 64 }, (_, n) =>
        assignIp(as(dbOf(n % 2 ? a : b), `p${n}`), { jail: jail.id, network: 'race' }).then(
          (change) => made(change).object.address,
          (error: unknown) => error as AppError,
        ),
      ),
    );
    const given = answers.filter((answer) => typeof answer === 'string');
    expect([given.length, new Set(given).size]).toEqual([61, 61]);
    const refused = answers.filter((answer) => answer instanceof AppError);
    expect(refused.map(({ refusal }) => refusal.code)).toEqual(['conflict', 'conflict', 'conflict']);
  }, 120_000);

  it('number the history without a gap and without a number twice', async () => {
    const before = await dbOf(a).auditEvent.count();
    await Promise.all(Array.from({ length: 30 }, (_, n) => (n % 2 ? a : b).mutate('hosts.enroll', {}, root)));
    expect(await dbOf(a).auditEvent.count()).toBeGreaterThanOrEqual(before + 60);
    await expect
      .poll(async () => {
        const [row] = await dbOf(a).$queryRaw<[{ events: number; leaves: number; last: number }]>`
          SELECT (SELECT count(*) FROM audit_event)::int AS events,
            (SELECT count(*) FROM audit_leaf)::int AS leaves, (SELECT max(seq) FROM audit_leaf)::int AS last`;
        return [row.leaves - row.events, row.last - row.events];
      })
      .toEqual([0, 0]);
  });

  it('purge what is over once', async () => {
    const jail = made(await createJail(as(dbOf(a)), { name: 'old', host: 'h1', network: null })).object;
    await destroyJail(as(dbOf(a)), { jail: jail.id });
    const later = new Date(Date.now() + 30 * 86_400_000);
    const purged = await Promise.all([a, b, a, b].map((each) => purgeExpired(dbOf(each), later)));
    expect(purged.reduce((sum, count) => sum + count, 0)).toBe(1);
    const intents = await dbOf(a).auditEvent.findMany({
      where: { kind: 'jail.destroy', phase: 'intent', actorId: 'quarantine' },
    });
    expect(intents).toHaveLength(1);
  });

  it('take an enrolment line once', async () => {
    const { data } = await a.mutate<{ token: string }>('hosts.enroll', { name: 'h2' }, root);
    const two = [new AgentUnderTest(), new AgentUnderTest()];
    const verdicts = await Promise.all(
      two.map((each, n) => each.connect((n ? a : b).running.port, { token: data.token })),
    );
    expect(verdicts.map(({ type }) => type).sort()).toEqual(['refused', 'waiting']);
    for (const each of two) await each.hangUp();
  });

  it('lock a host whose key comes to either with a number that was used', async () => {
    await agent.connect(a.running.port);
    const copy = await agent.connect(b.running.port, { counter: agent.counter });
    expect(copy).toMatchObject({ type: 'refused', reason: 'locked' });
    await expect
      .poll(async () => (await dbOf(a).host.findFirst({ where: { id: agent.hostId } }))?.state)
      .toBe('locked');
  });
});

it('agents are told of dashboards that they can dial: not of loopback, those that are there first', async () => {
  const db = dbOf(a);
  const row = (url: string, age: number, ca: string | null = null) => ({
    id: randomUUID(),
    url,
    ca,
    version: 't',
    seenAt: new Date(Date.now() - age),
  });
  const day = 86_400_000;
  await db.dashboard.createMany({
    data: [
      row('https://away.example', day, 'PEM'),
      row('https://there.example', 0),
      row('https://forgotten.example', 8 * day),
      row('http://127.0.0.1:7420', 0),
    ],
  });
  expect(await dialableDashboards(db)).toEqual([
    { url: 'https://there.example', ca: null },
    { url: 'https://away.example', ca: 'PEM' },
  ]);
});

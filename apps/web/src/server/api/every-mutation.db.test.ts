import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { showEvent } from '../audit/show-event.ts';
import { AgentUnderTest } from '../testing/agent-under-test.ts';
import { type Caller, DashboardUnderTest, PASSWORD } from '../testing/dashboard-under-test.ts';
import { appRouter } from './root.ts';

type EventDetail = Awaited<ReturnType<typeof showEvent>>;

/**
 * What each mutation of the router leaves in the history. `before` and `after`: what stood and what stands then.
 * `receipt`: a host acts for it. A mutation that is not in the table fails the test.
 */
interface Row {
  path: string;
  input: (given: Given) => unknown;
  has: ('before' | 'after' | 'receipt')[];
  /** events beside the first that the same call leaves, each of another act */
  also?: string[];
  /** another caller than the administrator */
  as?: Caller;
}

/** What earlier rows answered, by path. */
type Given = Record<string, never>;

/** Mutations that change nothing of the fleet, and why no event of theirs is wanted. */
const WITHOUT_EVENT: Record<string, string> = {
  'documents.plan': 'asks what a file would change',
  'notices.done': 'a note of a person to themselves',
  'images.feed': 'a piece of an upload, whose beginning and end are the events',
  'jails.execInput': 'a piece of an exec, whose opening and end are the events',
  'jails.execResize': 'a piece of an exec, whose opening and end are the events',
  'jails.execKill': 'a piece of an exec, whose opening and end are the events',
};

const root = { kind: 'host-usr', ephemeral: false };
const jail = { apiVersion: 'cellblock/v1', kind: 'Jail', metadata: { name: 'web1' } };

const ROWS: Row[] = [
  { path: 'hosts.check', input: () => ({ host: 'h1' }), has: [] },
  { path: 'answers.run', input: () => ({ host: 'h1' }), has: [] },
  { path: 'answers.cancel', input: () => ({ host: 'h1' }), has: [] },
  {
    path: 'networks.create',
    input: () => ({ name: 'lan', subnets: ['10.20.0.0/24'] }),
    has: ['after', 'receipt'],
  },
  {
    path: 'jails.create',
    input: () => ({ name: 'web1', network: 'lan', settings: { root } }),
    has: ['after', 'receipt'],
  },
  { path: 'jails.stop', input: () => ({ jail: 'web1' }), has: ['before', 'after', 'receipt'] },
  { path: 'jails.start', input: () => ({ jail: 'web1' }), has: ['before', 'after', 'receipt'] },
  { path: 'jails.restart', input: () => ({ jail: 'web1' }), has: ['before', 'after', 'receipt'] },
  {
    path: 'jails.configure',
    input: () => ({ jail: 'web1', settings: { limits: { memory: 2 ** 28, cpus: null, pids: null } } }),
    has: ['before', 'after', 'receipt'],
  },
  { path: 'ips.assign', input: () => ({ jail: 'web1', address: '10.20.0.50' }), has: ['after', 'receipt'] },
  {
    path: 'documents.put',
    input: () => ({ documents: [{ ...jail, spec: { limits: { memory: '512M' } } }] }),
    has: ['before', 'after', 'receipt'],
  },
  {
    path: 'pools.create',
    input: () => ({ name: 'spare', network: 'lan', first: '10.20.0.1', last: '10.20.0.1' }),
    has: ['after'],
  },
  { path: 'pools.remove', input: () => ({ pool: 'spare' }), has: ['before'] },
  {
    path: 'pools.reserve',
    input: () => ({ pool: 'lan', first: '10.20.0.90', last: '10.20.0.99', reason: 'printers' }),
    has: ['after'],
  },
  {
    path: 'pools.unreserve',
    input: () => ({ pool: 'lan', first: '10.20.0.90', last: '10.20.0.99' }),
    has: ['before'],
  },
];

const LATER: Row[] = [
  { path: 'images.bootstrap', input: () => ({ distribution: 'debian:12' }), has: ['after'] },
  { path: 'images.pull', input: () => ({ reference: 'localhost:5000/small:1' }), has: ['after'] },
  { path: 'images.upload', input: () => ({ name: 'root.tar' }), has: ['after'] },
  { path: 'images.verify', input: () => ({ image: 'debian:12' }), has: [] },
  { path: 'images.remove', input: () => ({ image: 'debian:12' }), has: ['before'] },
  {
    path: 'ips.move',
    input: () => ({ address: '10.20.0.50', jail: 'web2' }),
    has: ['before', 'after', 'receipt'],
  },
  { path: 'ips.release', input: () => ({ jail: 'web2', address: '10.20.0.50' }), has: ['before', 'receipt'] },
  {
    path: 'jails.signal',
    input: () => ({ jail: 'web1', pid: 4711, startTime: 7, signal: 'TERM' }),
    has: ['after'],
  },
  { path: 'jails.execOpen', input: () => ({ jail: 'web1', command: ['/bin/true'] }), has: [] },
  { path: 'jails.consoleOpen', input: () => ({ jail: 'web1', rows: 24, columns: 80 }), has: ['after'] },
  { path: 'grants.see', input: () => ({ viewer: 'web1', target: 'web2', seconds: 3600 }), has: ['after'] },
  { path: 'grants.revoke', input: () => ({ viewer: 'web1', target: 'web2' }), has: ['before'] },
  { path: 'jails.xray', input: () => ({ jail: 'web1' }), has: [] },
  { path: 'jails.prove', input: () => ({ jail: 'web1' }), has: [] },
  { path: 'jails.files', input: () => ({ jail: 'web1', path: '/' }), has: [] },
  { path: 'jails.fileBytes', input: () => ({ jail: 'web1', path: '/etc/hosts' }), has: [] },
  { path: 'jails.fileText', input: () => ({ jail: 'web1', path: '/etc/hosts' }), has: [] },
  { path: 'jails.destroy', input: () => ({ jail: 'web2' }), has: ['before', 'after', 'receipt'] },
  { path: 'jails.restore', input: () => ({ jail: 'web2' }), has: ['before', 'after', 'receipt'] },
  { path: 'tasks.cancel', input: ({ waiting }) => ({ task: waiting }), has: [], also: ['jail.start'] },
  { path: 'users.invite', input: () => ({ name: 'otto', role: 'operator' }), has: ['after'] },
  {
    path: 'invites.accept',
    input: (given) => {
      const { link } = given['users.invite'] as unknown as { link: string };
      return { token: new URL(link).searchParams.get('token'), password: PASSWORD };
    },
    has: ['after'],
    also: ['session.sign-in'],
    as: {},
  },
  { path: 'users.role', input: () => ({ name: 'otto', role: 'viewer' }), has: ['before', 'after'] },
  { path: 'users.sign-out', input: () => ({ name: 'otto' }), has: [] },
  { path: 'users.remove', input: () => ({ name: 'otto' }), has: ['before'] },
  {
    path: 'tokens.create',
    input: () => ({ name: 'ci', role: 'viewer', expiresAt: new Date(Date.now() + 86_400_000).toISOString() }),
    has: ['after'],
  },
  { path: 'tokens.remove', input: () => ({ name: 'ci' }), has: ['before'] },
  { path: 'audit.export', input: () => ({ format: 'csv' }), has: [] },
];

const dashboard = new DashboardUnderTest();
const agent = new AgentUnderTest();
const given: Record<string, unknown> = {};
let mira: Caller;
let claimed = '';
const mutations = Object.entries(
  appRouter._def.procedures as unknown as Record<string, { _def: { type: string } }>,
)
  .filter(([, { _def }]) => _def.type === 'mutation')
  .map(([path]) => path);

async function eventsOf(requestId: string): Promise<EventDetail[]> {
  const { db } = dashboard.running.services;
  const rows = await db.auditEvent.findMany({ where: { requestId, phase: 'intent' } });
  return await Promise.all(
    rows.map(async ({ id }) => (await dashboard.query<EventDetail>('audit.show', { id }, mira)).data),
  );
}

/** There is no process behind this agent's jails: the attempt is recorded all the same. */
const WITHOUT_PROCESS = ['execOpen', 'consoleOpen', 'prove', 'files', 'fileText', 'fileBytes'].map(
  (verb) => `jails.${verb}`,
);

async function check({ path, input, has, as, also = [] }: Row): Promise<void> {
  const answer = await dashboard.mutate(path, input(given as Given), as ?? mira);
  if (!WITHOUT_PROCESS.includes(path)) expect(answer.refusal).toBeNull();
  given[path] = answer.data;
  const requestId = String(answer.headers['x-request-id']);
  const events = (await eventsOf(requestId)).map((each) => each.event);
  const event = events.find(({ kind }) => !also.includes(kind));
  expect(events.map(({ kind }) => kind).sort()).toEqual([event?.kind, ...also].sort());
  expect(event?.actor).toMatchObject({ type: 'user', name: as ? 'otto' : 'mira' });
  expect(event?.summary).not.toBe('');
  expect(event?.requestId).toBe(requestId);
  for (const side of ['before', 'after'] as const)
    if (has.includes(side)) expect(event?.[side], side).toEqual(expect.any(Object));
  if (!has.includes('receipt')) return;
  await expect
    .poll(async () => (await eventsOf(requestId))[0]?.receipts.length ?? 0, { timeout: 15_000 })
    .toBeGreaterThan(0);
  await expect
    .poll(async () => (await eventsOf(requestId))[0]?.outcomes.map(({ outcome }) => outcome), {
      timeout: 15_000,
    })
    .toEqual(['applied']);
}

beforeAll(async () => {
  await dashboard.start();
  mira = await dashboard.claim();
  const { db } = dashboard.running.services;
  claimed = (await db.auditEvent.findFirst({ where: { phase: 'intent' } }))?.kind ?? '';
});
afterAll(async () => {
  await agent.hangUp();
  await dashboard.remove();
});

it('no mutation of the router is missing, and none is listed that is not there', () => {
  const hosts = ['setup.claim', 'hosts.enroll', 'hosts.approve', 'hosts.remove', 'networks.remove'];
  const listed = [...ROWS, ...LATER].map(({ path }) => path);
  expect([...listed, ...hosts, ...Object.keys(WITHOUT_EVENT)].sort()).toEqual(mutations.sort());
});

describe('each mutation leaves one event with who, what stood, what stands, and what the host did', () => {
  it('setup.claim', () => expect(claimed).toBe('installation.claim'));

  it('hosts.enroll and hosts.approve', async () => {
    await check({ path: 'hosts.enroll', input: () => ({ name: 'h1' }), has: ['after'] });
    const { token } = given['hosts.enroll'] as { token: string };
    agent.behaviour = 'obeys';
    const waiting = agent.connect(dashboard.running.port, { token, waitForApproval: true });
    await expect
      .poll(async () => (await dashboard.query<unknown[]>('hosts.list', undefined, mira)).data.length, {
        timeout: 15_000,
      })
      .toBe(1);
    await check({ path: 'hosts.approve', input: () => ({ host: 'h1' }), has: ['before', 'after'] });
    await waiting;
    // As a real one does: a host of which nothing is heard for 12 s is hung up on.
    agent.beat();
    await expect
      .poll(
        async () => (await dashboard.query<{ state: string }>('hosts.get', { host: 'h1' }, mira)).data.state,
        { timeout: 15_000 },
      )
      .toBe('ready');
  });

  it.each(ROWS.map((row) => [row.path, row] as const))('%s', (_, row) => check(row));

  it.each(LATER.map((row) => [row.path, row] as const))('%s', async (path, row) => {
    if (path === 'ips.move') {
      await dashboard.mutate('jails.create', { name: 'web2', network: 'lan', settings: { root } }, mira);
      await expect
        .poll(
          async () =>
            (await dashboard.query<{ state: string }>('jails.get', { jail: 'web2' }, mira)).data.state,
          {
            timeout: 15_000,
          },
        )
        .toBe('running');
    }
    if (path === 'tasks.cancel') {
      agent.behaviour = 'stalls';
      const { data } = await dashboard.mutate<{ task: { id: string } }>('jails.stop', { jail: 'web1' }, mira);
      given.waiting = data.task.id;
    }
    await check(row).finally(() => {
      agent.behaviour = 'obeys';
    });
  });

  it('networks.remove and hosts.remove', async () => {
    agent.obey();
    for (const name of ['web1', 'web2']) {
      await dashboard.mutate('jails.destroy', { jail: name, purge: true }, mira);
      await expect
        .poll(
          async () => {
            const { data } = await dashboard.query<{ jails: { name: string }[] }>(
              'jails.list',
              { includeDestroyed: true },
              mira,
            );
            return data.jails.map((each) => each.name);
          },
          { timeout: 15_000 },
        )
        .not.toContain(name);
    }
    await check({ path: 'networks.remove', input: () => ({ network: 'lan' }), has: ['before', 'receipt'] });
    await check({ path: 'hosts.remove', input: () => ({ host: 'h1' }), has: ['before'] });
  });

  it.each(Object.keys(WITHOUT_EVENT))('%s leaves none, as it changes nothing of the fleet', async (path) => {
    const inputs: Record<string, unknown> = {
      'documents.plan': { documents: [{ ...jail, spec: {} }] },
    };
    const answer = await dashboard.mutate(path, inputs[path] ?? {}, mira);
    const { db } = dashboard.running.services;
    const requestId = String(answer.headers['x-request-id']);
    expect(await db.auditEvent.count({ where: { requestId, phase: 'intent' } })).toBe(0);
  });
});

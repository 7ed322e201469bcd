import http from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { notifyChanges } from '../fleet-topics.ts';
import { type Caller, DashboardUnderTest } from '../testing/dashboard-under-test.ts';

const dashboard = new DashboardUnderTest();
const open: http.ClientRequest[] = [];
let admin: Caller & { cookie: string };
beforeAll(async () => {
  await dashboard.start();
  admin = await dashboard.claim();
});
afterAll(async () => {
  for (const request of open) request.destroy();
  await dashboard.remove();
});

interface Stream {
  headers: http.IncomingHttpHeaders;
  topics: string[];
  ids: string[];
  ended: boolean;
}

/** As EventSource reads it. */
async function watch(caller: Caller, lastEventId?: string): Promise<Stream> {
  const stream: Stream = { headers: {}, topics: [], ids: [], ended: false };
  const headers = {
    host: `localhost:${dashboard.running.port}`,
    accept: 'text/event-stream',
    ...(caller.cookie ? { cookie: caller.cookie } : {}),
    ...(caller.token ? { authorization: `Bearer ${caller.token}` } : {}),
    ...(lastEventId ? { 'last-event-id': lastEventId } : {}),
  };
  const where = { host: '127.0.0.1', port: dashboard.running.port, path: '/api/trpc/fleet.changes', headers };
  await new Promise<void>((resolve) => {
    const request = http.get({ ...where, agent: false }, (response) => {
      stream.headers = response.headers;
      response.on('data', (text: Buffer) => {
        for (const line of text.toString().split('\n')) {
          if (line.startsWith('id: ')) stream.ids.push(line.slice(4));
          if (!line.startsWith('data: {')) continue;
          const { json } = JSON.parse(line.slice(6)) as { json?: { topics?: string[] } };
          stream.topics.push(...(json?.topics ?? []));
        }
        resolve();
      });
      response.on('end', () => {
        stream.ended = true;
      });
    });
    request.on('error', () => {
      stream.ended = true;
    });
    open.push(request);
  });
  return stream;
}
const tell = (...topics: string[]) =>
  dashboard.running.services.db.$transaction((tx) => notifyChanges(tx, topics));

it('tells what changed, as soon as it is committed', { retry: 2 }, async () => {
  const stream = await watch(admin);
  expect(stream.headers['cache-control']).toContain('no-transform');
  await expect.poll(() => stream.ids.length).toBe(1);
  const began = Date.now();
  await tell('jail/1', 'address/10.0.0.5');
  await expect.poll(() => stream.topics, { interval: 10 }).toEqual(['jail/1', 'address/10.0.0.5']);
  expect(Date.now() - began).toBeLessThan(1000);
});

it('keeps what is between dashboards to itself', async () => {
  const stream = await watch(admin);
  await tell('spec/1', 'session/x', 'hang-up/1', 'host/1');
  await expect.poll(() => stream.topics).toContain('host/1');
  expect(stream.topics).not.toContain('spec/1');
  expect(stream.topics).not.toContain('session/x');
});

it('tells who comes back what was missed, and says * where that is not known', async () => {
  const first = await watch(admin);
  await expect.poll(() => first.ids.length).toBeGreaterThan(0);
  open.at(-1)?.destroy();
  await tell('jail/missed');
  const again = await watch(admin, first.ids.at(-1));
  await expect.poll(() => again.topics).toContain('jail/missed');
  const stranger = await watch(admin, 'another-17');
  await expect.poll(() => stranger.topics).toEqual(['*']);
});

it('ends within a second when the token behind it is removed', async () => {
  const expiresAt = new Date(Date.now() + 60_000).toISOString();
  const { data } = await dashboard.mutate<{ token: string }>(
    'tokens.create',
    { name: 'watcher', role: 'viewer', expiresAt },
    admin,
  );
  const stream = await watch({ token: data.token });
  expect(stream.ended).toBe(false);
  await dashboard.mutate('tokens.remove', { name: 'watcher' }, admin);
  await expect.poll(() => stream.ended).toBe(true);
});

it('ends when its owner signs out', async () => {
  const stream = await watch(admin);
  await dashboard.request('POST', '/api/auth/sign-out', admin, {});
  await expect.poll(() => stream.ended).toBe(true);
});

import { actorName } from '@cellblock/shared/actor';
import type { ImageInUse } from '@cellblock/shared/image';
import { TRPCClientError } from '@trpc/client';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { searchEvents } from '../audit/search-events.ts';
import type { AgentConnections } from '../host-sync/agent-connections.ts';
import { setAgentConnections } from '../hosts/agent-client.ts';
import { createJail } from '../jails/create-jail.ts';
import { createNetwork } from '../networks/create-network.ts';
import { as, refusal, TestHost, testDb } from '../test-fleet.ts';
import { listImages, showImage } from './list-images.ts';
import { followImage, orderImage } from './order-image.ts';
import { removeImage } from './remove-image.ts';

const db = testDb();
const mira = as(db);

const image = (hex: string, name: string): ImageInUse => ({
  digest: `sha256:${hex.repeat(32)}`,
  name,
  source: 'a test',
  created: '2026-11-01T00:00:00.000Z',
  size: 1,
  entries: 1,
  architecture: 'amd64',
  by: 'mira',
  cause: null,
  suggested: { command: null, environment: [], user: null },
  usedBy: [],
});
const debian = image('ab', 'debian:12');
const older = image('ac', 'debian:12');
let store = [debian, older];
let end: unknown = { type: 'done', image: debian, wasThere: false };
const begun: { by: string; cause: string | null }[] = [];

const agent = {
  image: {
    list: { query: async () => store },
    begin: {
      mutate: async (input: { by: string; cause: string | null }) => {
        begun.push(input);
        return { order: 'o1' };
      },
    },
    follow: {
      subscribe: (_: unknown, observer: { onData: (value: unknown) => void; onComplete: () => void }) => {
        observer.onData({ type: 'stage', text: 'unpack it' });
        if (end) observer.onData(end);
        observer.onComplete();
        return { unsubscribe: () => {} };
      },
    },
    remove: {
      mutate: async ({ digest }: { digest: string }) => {
        store = store.filter((one) => one.digest !== digest);
      },
    },
  },
};

beforeAll(async () => {
  const h1 = await TestHost.enroll(db, 'h1');
  await h1.report();
  setAgentConnections(db, {
    connections: { of: () => ({ agent }) } as unknown as AgentConnections,
    relays: null,
  });
});
afterAll(() => db.$disconnect());

const events = async (kind: string) => (await searchEvents(mira, { q: `action:${kind}` })).events.reverse();

test('an order is in the history before the host has it, and its end whoever listens', async () => {
  const { host, order } = await orderImage(mira, {
    order: { kind: 'bootstrap', distribution: 'debian:12', include: [] },
  });
  const [intent] = await events('image.bootstrap');
  expect(begun).toMatchObject([{ by: intent && actorName(intent.actor), cause: intent?.id }]);
  await expect.poll(async () => (await events('image.bootstrap'))[1]?.outcome).toBe('applied');
  const heard = [];
  for await (const said of followImage(mira, { host, order })) heard.push(said.type);
  expect(heard).toEqual(['stage', 'done']);
});

test('an order that fails, and one that nobody heard of again, end as that', async () => {
  end = { type: 'failed', message: 'ENOSPC', cause: 'the disk', fix: 'more' };
  await orderImage(mira, { order: { kind: 'pull', reference: 'localhost:5000/x' } });
  await expect.poll(async () => (await events('image.pull'))[1]?.outcome).toBe('failed');
  end = null;
  await orderImage(mira, { order: { kind: 'upload', name: 'root.tar' } });
  await expect.poll(async () => (await events('image.upload'))[1]?.outcome).toBe('unknown');
});

test('an image is found by name, the newest of it, by digest, and by the beginning of one', async () => {
  expect((await showImage(mira, { image: 'debian:12' })).digest).toBe(debian.digest);
  expect((await showImage(mira, { image: older.digest })).digest).toBe(older.digest);
  expect((await showImage(mira, { image: older.digest.slice(7, 25) })).digest).toBe(older.digest);
  expect(await refusal(showImage(mira, { image: 'acac' }))).toMatchObject({ field: 'image' });
  expect(await refusal(showImage(mira, { image: 'nginx' }))).toMatchObject({
    code: 'not-found',
    cause: expect.stringContaining('debian:12'),
  });
  expect(await listImages(mira, {})).toMatchObject([{ host: 'h1', problem: null, images: [debian, older] }]);
});

test('an image that is a jail’s root stays, and says whose; another goes', async () => {
  const settings = { root: { kind: 'image' as const, digest: debian.digest } };
  await createJail(mira, { name: 'web1', network: null, start: false, settings });
  expect(await refusal(removeImage(mira, { image: debian.digest }))).toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('web1'),
    fix: expect.stringContaining('cellblock destroy web1'),
  });
  expect(await removeImage(mira, { image: older.digest })).toMatchObject({ name: 'debian:12' });
  expect(store).toEqual([debian]);
  expect((await events('image.remove')).map(({ phase, outcome }) => outcome ?? phase)).toEqual([
    'intent',
    'applied',
  ]);
});

test('a host that does not know of images, or hangs up, does not hide those of the others', async () => {
  const h2 = await TestHost.enroll(db, 'h2');
  const older = TRPCClientError.from({
    error: {
      code: -32004,
      message: 'No procedure found',
      data: { refusal: { code: 'not-found', message: 'No procedure found on path "image.list"' } },
    },
  } as never);
  setAgentConnections(db, {
    connections: {
      of: (id: string) => {
        const query = () => (answers.h2 ? Promise.reject(answers.h2) : new Promise(() => undefined));
        const failing = { image: { list: { query } } };
        return { agent: id === h2.id ? failing : agent };
      },
    } as unknown as AgentConnections,
    relays: null,
  });
  const answers: { h2: Error | null } = { h2: older };
  const ofH1 = { host: 'h1', problem: null, images: [debian] };
  expect(await listImages(mira, {})).toMatchObject([
    ofH1,
    { host: 'h2', images: [], problem: 'h2: No procedure found on path "image.list"' },
  ]);
  answers.h2 = null;
  expect(await listImages(mira, {}, 200)).toMatchObject([
    ofH1,
    { host: 'h2', images: [], problem: 'h2: Host h2 did not answer within 0.2 s.' },
  ]);
  answers.h2 = new TRPCClientError('the connection was closed');
  expect(await listImages(mira, {})).toMatchObject([
    ofH1,
    { host: 'h2', problem: 'h2: The host hung up before it had answered.' },
  ]);
  const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  answers.h2 = new Error('a mistake of ours');
  expect(await listImages(mira, {})).toMatchObject([
    ofH1,
    { problem: expect.stringMatching(/^h2: Something/) },
  ]);
  expect(logged).toHaveBeenCalledWith(expect.stringContaining(mira.requestId), answers.h2);
  logged.mockRestore();
});

test('with several hosts one has to be named, unless the network or an address of the jail tells', async () => {
  await createNetwork(mira, { name: 'lan', kind: 'bridge', subnets: ['10.20.0.0/24'], host: 'h1' });
  await (await TestHost.enroll(db, 'h3')).report();
  expect(await refusal(showImage(mira, { image: 'debian:12' }))).toMatchObject({ field: 'host' });
  expect(await showImage(mira, { image: 'debian:12', network: 'lan' })).toEqual(debian);
  expect(await showImage(mira, { image: 'debian:12', addresses: ['10.20.0.9'] })).toEqual(debian);
  expect(await refusal(showImage(mira, { image: 'debian:12', network: 'wan' }))).toMatchObject({
    field: 'network',
  });
});

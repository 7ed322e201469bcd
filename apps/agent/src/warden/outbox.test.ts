import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { frameKeys, newExchangeKey } from '@cellblock/shared/frame-seal';
import { SealedSocket } from '@cellblock/shared/sealed-socket';
import { READER_WINDOW, weightOf } from '@cellblock/shared/stream-reader';
import { afterEach, expect, test, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { ENOUGH_TO_SEND, Outbox } from './outbox.ts';
import { serveRouter } from './serve.ts';
import type { Warden } from './warden.ts';

const MIB = 1024 * 1024;
const FLOOD = 160 * MIB;
const PIECE = 64 * 1024;
const READER = '00000000-0000-4000-8000-000000000001';

const open: { close(): void }[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.close();
});

/** A jail that writes FLOOD bytes as fast as it is read, at a warden that a dashboard is connected to. */
async function flooded(outboxOf: (socket: { readonly bufferedAmount: number }) => Outbox) {
  const said = { bytes: 0 };
  const flood = async function* () {
    for (let n = 0; said.bytes < FLOOD; n++) {
      said.bytes += PIECE;
      yield { type: 'output', stream: 'stdout', data: String(n).padStart(PIECE, 'x') };
      // As a pipe is read: not all of it in one turn.
      await new Promise(setImmediate);
    }
  };
  const warden = { exec: { output: flood }, connection: { state: 'ready' } } as unknown as Warden;
  const [atWarden, atDashboard] = [newExchangeKey(), newExchangeKey()];
  const both = Buffer.from('what both have signed');
  const keys = frameKeys(atWarden, atDashboard.publicKey, both);
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  open.push(server);
  server.once('connection', (socket) => {
    const sealed = new SealedSocket(socket, { sends: keys.agent, receives: keys.dashboard }, () => {});
    serveRouter(warden, sealed as unknown as WebSocket, { peer: 'dashboard' }, outboxOf(sealed));
  });
  await once(server, 'listening');
  const socket = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  open.push({ close: () => socket.terminate() });
  const dashboard = new SealedSocket(socket, { sends: keys.dashboard, receives: keys.agent }, () => {});
  const heard: { id: number; result: { type: string; data?: { json: unknown } } }[] = [];
  dashboard.on('message', (frame) => heard.push(JSON.parse(frame.toString())));
  await once(socket, 'open');
  const ask = (id: number, method: string, path: string, input?: unknown) =>
    dashboard.send(JSON.stringify({ id, method, params: { path, input: { json: input } } }));
  const pieces = () =>
    heard.flatMap(({ id, result }) => (id === 1 && result.type === 'data' ? [result.data?.json] : []));
  return { socket, said, ask, heard, pieces };
}

/** How much this process grew until it is over. */
async function growth(
  outboxOf: (socket: { readonly bufferedAmount: number }) => Outbox,
  isOver: (said: number, before: number) => boolean,
) {
  const { socket, said, ask } = await flooded(outboxOf);
  const before = process.memoryUsage.rss();
  socket.pause();
  ask(1, 'subscription', 'jail.execOutput', { session: 's' });
  await vi.waitFor(() => expect(said.bytes).toBeGreaterThan(0), 5_000);
  for (let last = -1; !isOver(said.bytes, last); ) {
    last = said.bytes;
    await new Promise((resolve) => setTimeout(resolve, 400));
  }
  return { grown: process.memoryUsage.rss() - before, said: said.bytes };
}

test('a jail that floods somebody who does not read costs the warden no memory', async () => {
  const { grown, said } = await growth(
    (socket) => new Outbox(socket),
    (now, before) => now === before,
  );
  expect(grown).toBeLessThan(64 * MIB);
  // The socket's own, and what the kernel takes of it.
  expect(said).toBeLessThan(ENOUGH_TO_SEND + 32 * MIB);
});

test('control: it does where nobody looks what waits to be sent', async () => {
  const { grown } = await growth(
    () => new Outbox({ bufferedAmount: 0 }),
    (now) => now === FLOOD,
  );
  expect(grown).toBeGreaterThan(64 * MIB);
});

test('a reader that reads on is sent everything, in order', async () => {
  const { socket, said, ask, pieces } = await flooded((socket) => new Outbox(socket));
  said.bytes = FLOOD - 24 * MIB;
  socket.pause();
  ask(1, 'subscription', 'jail.execOutput', { session: 's' });
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(said.bytes).toBeLessThan(FLOOD);
  socket.resume();
  await vi.waitFor(() => expect(pieces()).toHaveLength((24 * MIB) / PIECE), 10_000);
  expect(pieces().map((piece) => Number((piece as { data: string }).data.replace(/^x*/, '')))).toEqual(
    Array.from({ length: pieces().length }, (_, n) => n),
  );
});

test('one who says what he has read is sent that much more, and nothing else waits for him', async () => {
  const { said, ask, heard, pieces } = await flooded((socket) => new Outbox(socket));
  ask(1, 'subscription', 'jail.execOutput', { session: 's', reader: READER });
  const most = Math.ceil(READER_WINDOW / PIECE);
  await vi.waitFor(() => expect(pieces()).toHaveLength(most), 5_000);
  ask(2, 'query', 'connection');
  await vi.waitFor(() => expect(heard).toContainEqual(expect.objectContaining({ id: 2 })), 5_000);
  expect(pieces()).toHaveLength(most);
  expect(said.bytes).toBe((most + 1) * PIECE);
  ask(3, 'mutation', 'jail.took', { reader: READER, bytes: 3 * weightOf(pieces()[0]) });
  await vi.waitFor(() => expect(pieces()).toHaveLength(most + 3), 5_000);
  ask(1, 'subscription.stop', 'jail.execOutput');
  await vi.waitFor(() => expect(heard.at(-1)).toMatchObject({ id: 1, result: { type: 'stopped' } }), 5_000);
});

test('of several that wait each has its turn, and one that leaves keeps nobody', async () => {
  const socket = { bufferedAmount: ENOUGH_TO_SEND };
  const outbox = new Outbox(socket);
  const got: string[] = [];
  const leaves = new AbortController();
  const read = async (name: string, signal?: AbortSignal) => {
    for await (const piece of outbox.paced(three(name), undefined, signal)) {
      got.push(piece);
      socket.bufferedAmount = ENOUGH_TO_SEND;
    }
  };
  const all = [read('a'), read('gone', leaves.signal), read('b')];
  leaves.abort();
  await all[1];
  for (let n = 1; n <= 6; n++) {
    socket.bufferedAmount = 0;
    await vi.waitFor(() => expect(got).toHaveLength(n), 5_000);
  }
  await Promise.all(all);
  expect(got).toEqual(['a0', 'b0', 'a1', 'b1', 'a2', 'b2']);
});

async function* three(name: string) {
  for (let n = 0; n < 3; n++) yield `${name}${n}`;
}

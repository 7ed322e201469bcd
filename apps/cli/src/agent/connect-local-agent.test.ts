import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Writable } from 'node:stream';
import { initTRPC } from '@trpc/server';
import { applyWSSHandler } from '@trpc/server/adapters/ws';
import superjson from 'superjson';
import { expect, test, vi } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { followed } from '../subscription.ts';
import { connectLocalAgent, wardenSocketOf } from './connect-local-agent.ts';

const MIB = 1024 * 1024;
const FLOOD = 32 * MIB;
const PIECE = 64 * 1024;

test.each([
  ['what standard output does not take stays at the agent, and comes then', true],
  ['control: it piles up here where nobody waits for standard output', false],
])('%s', async (_, isWaitedFor) => {
  const data = await mkdtemp(join(tmpdir(), 'cellblock-local-'));
  const t = initTRPC.context<{ socket: WebSocket }>().create({ transformer: superjson });
  const its = { sent: 0 };
  const console = t.procedure.subscription(async function* ({ ctx }) {
    for (; its.sent < FLOOD; its.sent += PIECE) {
      yield { offset: its.sent, data: Buffer.alloc(PIECE).toString('base64'), dropped: 0 };
      do await new Promise(setImmediate);
      while (ctx.socket.bufferedAmount > MIB && ctx.socket.readyState === ctx.socket.OPEN);
    }
  });
  const server = http.createServer();
  const wss = new WebSocketServer({ server });
  applyWSSHandler({
    wss,
    router: t.router({ jail: t.router({ console }) }),
    createContext: ({ res }) => ({ socket: res }),
  });
  await mkdir(dirname(wardenSocketOf(data)), { recursive: true });
  await once(server.listen(wardenSocketOf(data)), 'listening');
  let go = () => {};
  const full = new Promise<void>((resolve) => {
    go = resolve;
  });
  const out = new Writable({ write: (_piece, _encoding, done) => void full.then(() => done()) });
  const { agent, close } = connectLocalAgent(data, isWaitedFor ? [out] : []);
  try {
    const offsets: number[] = [];
    const ended = followed(agent.jail.console, { jail: 'web' }, ({ offset, data }) => {
      offsets.push(offset);
      out.write(Buffer.from(data, 'base64'));
    });
    await vi.waitFor(() => expect(offsets.length).toBeGreaterThan(0), 10_000);
    if (isWaitedFor) {
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(offsets.length).toBeLessThan(8);
      expect(its.sent).toBeLessThan(FLOOD / 2);
    } else {
      await ended;
      expect(out.writableLength).toBeGreaterThan(FLOOD / 2);
    }
    go();
    await ended;
    expect(offsets).toEqual(Array.from({ length: FLOOD / PIECE }, (_, n) => n * PIECE));
  } finally {
    await close();
    for (const socket of wss.clients) socket.terminate();
    server.close();
    await rm(data, { recursive: true });
  }
});

test('an agent that hangs keeps nobody from leaving', async () => {
  const data = await mkdtemp(join(tmpdir(), 'cellblock-local-'));
  await mkdir(dirname(wardenSocketOf(data)), { recursive: true });
  const server = http.createServer();
  const wss = new WebSocketServer({ server });
  await once(server.listen(wardenSocketOf(data)), 'listening');
  const { agent, close } = connectLocalAgent(data, []);
  try {
    const asked = Promise.withResolvers<void>();
    wss.on('connection', (socket) => socket.on('message', () => asked.resolve()));
    const answer = agent.jail.execKill.mutate({ session: 'one' }).then(
      () => 'answered',
      () => 'not answered',
    );
    await asked.promise;
    await close();
    expect(await answer).toBe('not answered');
  } finally {
    for (const socket of wss.clients) socket.terminate();
    server.close();
    await rm(data, { recursive: true });
  }
});

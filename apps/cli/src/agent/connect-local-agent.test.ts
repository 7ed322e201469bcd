import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Writable } from 'node:stream';
import { initTRPC } from '@trpc/server';
import { applyWSSHandler } from '@trpc/server/adapters/ws';
import superjson from 'superjson';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { refusalAndExit } from '../output/render-error.ts';
import { followed } from '../subscription.ts';
import { connectLocalAgent, wardenSocketOf } from './connect-local-agent.ts';
import { consoleOf } from './console-of.ts';

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

/** An agent that can be stopped and started, at its socket; `console` goes on from where it is asked to. */
async function agentThatRestarts() {
  const data = await mkdtemp(join(tmpdir(), 'cellblock-local-'));
  const path = wardenSocketOf(data);
  await mkdir(dirname(path), { recursive: true });
  const t = initTRPC.create({ transformer: superjson });
  const its = { written: '', asked: [] as unknown[], told: 0 };
  const router = t.router({
    jail: t.router({
      console: t.procedure
        .input((input) => input as { from?: number; tailLines?: number })
        .subscription(async function* ({ input, signal }) {
          its.asked.push(input);
          let from = input.from ?? (input.tailLines === 0 ? its.written.length : 0);
          if (input.from === undefined) yield { offset: from, data: '', dropped: 0 };
          its.told += 1;
          for (; !signal?.aborted; await new Promise(setImmediate)) {
            if (its.written.length === from) continue;
            const data = Buffer.from(its.written.slice(from)).toString('base64');
            yield { offset: from, data, dropped: 0 };
            from = its.written.length;
          }
        }),
      execKill: t.procedure.mutation(() => new Promise(() => {})),
    }),
  });
  let wss: WebSocketServer | undefined;
  const start = async () => {
    const server = http.createServer();
    wss = new WebSocketServer({ server });
    wss.once('close', () => server.close());
    applyWSSHandler({ wss, router });
    await once(server.listen(path), 'listening');
  };
  const stop = async () => {
    for (const socket of wss?.clients ?? []) socket.terminate();
    wss?.close();
    await rm(path, { force: true });
  };
  await start();
  const opened: ReturnType<typeof connectLocalAgent>[] = [];
  const connect = () => {
    const connection = connectLocalAgent(data, []);
    opened.push(connection);
    return connection;
  };
  onTestFinished(async () => {
    for (const { close } of opened) await close();
    await stop();
    await rm(data, { recursive: true });
  });
  const warned: string[] = [];
  const run = {
    warn: (line: string) => void warned.push(line),
    get localAgent() {
      const last = opened.at(-1);
      return (last === undefined || last.isLost() ? connect() : last).agent;
    },
  };
  return { connect, run, warned, its, start, stop };
}

const GONE = {
  exitCode: 8,
  refusal: expect.objectContaining({ message: 'The agent on this host does not answer.' }),
};

test('who waits for an agent that ends is told at once; so is who asks when nobody listens', async () => {
  const { connect, its, stop } = await agentThatRestarts();
  const { agent, isLost } = connect();
  const ended = [
    followed(agent.jail.console, { jail: 'web' }, () => {}),
    agent.jail.execKill.mutate({ session: 'one' }),
  ].map((asked) => asked.then(() => null, refusalAndExit));
  await vi.waitFor(() => expect(its.asked).toHaveLength(1), 10_000);
  expect(isLost()).toBe(false);
  await stop();
  expect(await Promise.all(ended)).toEqual([GONE, GONE]);
  expect(isLost()).toBe(true);
  const other = connect().agent.jail;
  const refused = [
    followed(other.console, { jail: 'web' }, () => {}),
    other.execKill.mutate({ session: 'one' }),
  ].map((asked) => asked.then(() => null, refusalAndExit));
  expect(await Promise.all(refused)).toEqual([GONE, GONE]);
});

test('who follows a console goes on where it was when the agent is back', async () => {
  const { run, warned, its, start, stop } = await agentThatRestarts();
  const text: string[] = [];
  const input = { jail: 'web', tailLines: 100, follow: true };
  consoleOf(run, input, ({ data }) => void text.push(Buffer.from(data, 'base64').toString())).catch((error) =>
    text.push(String(error)),
  );
  its.written = 'one ';
  await vi.waitFor(() => expect(text.join('')).toBe('one '), 10_000);
  await stop();
  await vi.waitFor(() => expect(warned).toEqual([expect.stringContaining('gone')]), 10_000);
  its.written += 'two ';
  await start();
  await vi.waitFor(() => expect(text.join('')).toBe('one two '), 10_000);
  expect(its.asked).toEqual([input, { jail: 'web', follow: true, from: 4 }]);
  expect(warned).toEqual([expect.stringContaining('gone'), expect.stringContaining('back')]);
});

test('who follows a console of which nothing was read yet misses nothing of what it says meanwhile', async () => {
  const { run, warned, its, start, stop } = await agentThatRestarts();
  its.written = 'before ';
  const text: string[] = [];
  const input = { jail: 'web', tailLines: 0, follow: true };
  consoleOf(run, input, ({ data }) => void text.push(Buffer.from(data, 'base64').toString())).catch((error) =>
    text.push(String(error)),
  );
  await vi.waitFor(() => expect(its.told).toBe(1), 10_000);
  await stop();
  await vi.waitFor(() => expect(warned).toEqual([expect.stringContaining('gone')]), 10_000);
  its.written += 'meanwhile ';
  await start();
  await vi.waitFor(() => expect(text).toEqual(['meanwhile ']), 10_000);
  expect(its.asked).toEqual([input, { jail: 'web', follow: true, from: 7 }]);
});

test('who follows a console and met no agent waits for none', async () => {
  const { run, warned, stop } = await agentThatRestarts();
  await stop();
  const ended = consoleOf(run, { jail: 'web', tailLines: 100, follow: true }, () => {});
  expect(await ended.then(() => null, refusalAndExit)).toEqual(GONE);
  expect(warned).toEqual([]);
});

test('who asks once for what a console had is told that the agent is gone', async () => {
  const { run, warned, its, stop } = await agentThatRestarts();
  const ended = consoleOf(run, { jail: 'web', tailLines: 100, follow: false }, () => {}).then(
    () => null,
    refusalAndExit,
  );
  await vi.waitFor(() => expect(its.asked).toHaveLength(1), 10_000);
  await stop();
  expect(await ended).toEqual(GONE);
  expect(warned).toEqual([]);
});

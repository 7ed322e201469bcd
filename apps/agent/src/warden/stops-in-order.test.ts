import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { serveRouter } from './serve.ts';
import type { Warden } from './warden.ts';

const open: { close(): void }[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.close();
});

/** A warden with sessions that write nothing until whoever reads them leaves. */
async function quietSessions() {
  const read: string[] = [];
  const left: string[] = [];
  const output = async function* (session: string, signal: AbortSignal) {
    read.push(session);
    if (!signal.aborted) await once(signal, 'abort');
    left.push(session);
    yield* [];
  };
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  open.push(server);
  server.once('connection', (socket) =>
    serveRouter({ exec: { output } } as unknown as Warden, socket, { peer: 'root', who: 'root' }),
  );
  await once(server, 'listening');
  const socket = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  open.push({ close: () => socket.terminate() });
  const heard: string[] = [];
  socket.on('message', (data) => {
    const { id, result } = JSON.parse(String(data));
    heard.push(`${id} ${result?.type ?? 'refused'}`);
  });
  await once(socket, 'open');
  const listen = (id: number, session: string | number) => ({
    id,
    method: 'subscription',
    params: { path: 'jail.execOutput', input: { json: { session } } },
  });
  const stop = (id: number) => ({ id, method: 'subscription.stop' });
  const say = (what: unknown) => socket.send(JSON.stringify(what));
  return { read, left, heard, listen, stop, say };
}

test('a subscription that is stopped as soon as it is asked for ends, and no other does', async () => {
  const { read, left, heard, listen, stop, say } = await quietSessions();
  say(listen(1, 'stays'));
  say(listen(2, 'overtaken'));
  say(stop(2));
  // In one message, as it comes when both were asked for in one breath.
  say([listen(3, 'overtaken in a batch'), stop(3)]);
  await vi.waitFor(() => expect(left).toEqual(['overtaken', 'overtaken in a batch']), 4_000);
  const told = ['2 started', '2 stopped', '3 started', '3 stopped'];
  await vi.waitFor(() => expect(heard).toEqual(expect.arrayContaining(told)), 4_000);
  expect(read).toContain('stays');
  say(stop(1));
  await vi.waitFor(() => expect(left).toContain('stays'), 4_000);
});

test('what is refused is stopped by that, and its number says nothing of the next', async () => {
  const { read, left, heard, listen, stop, say } = await quietSessions();
  say(listen(1, 2));
  say(stop(1));
  await vi.waitFor(() => expect(heard).toContain('1 refused'), 4_000);
  say(listen(1, 'one more'));
  await vi.waitFor(() => expect(read).toEqual(['one more']), 4_000);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(left).toEqual([]);
});

import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { keepDialled, Turn, waitBeforeAttempt } from './dial.ts';

let directory: string;
let dashboard: WebSocketServer;
let dashboardHttp: http.Server;
let warden: WebSocketServer;
let wardenHttp: http.Server;
let stop: AbortController;
let dialling: Promise<void>;
let said: string[];

beforeEach(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'cellblock-dialer-'));
  dashboardHttp = http.createServer();
  dashboard = new WebSocketServer({ server: dashboardHttp, path: '/agent', autoPong: false });
  await once(dashboardHttp.listen(0, '127.0.0.1'), 'listening');
  wardenHttp = http.createServer();
  warden = new WebSocketServer({ server: wardenHttp });
  await once(wardenHttp.listen(path.join(directory, 'dialer.sock')), 'listening');
  said = [];
  stop = new AbortController();
});

afterEach(async () => {
  stop.abort();
  await dialling;
  for (const server of [dashboardHttp, wardenHttp]) {
    server.close();
    server.closeAllConnections();
  }
  rmSync(directory, { recursive: true, force: true });
});

function dial(pingEvery = 5_000): void {
  dialling = keepDialled(
    { file: path.join(directory, 'dialer.json'), socket: path.join(directory, 'dialer.sock') },
    { signal: stop.signal, pingEvery, say: (line) => said.push(line) },
  );
}

function tellWhere(): void {
  const { port } = dashboardHttp.address() as AddressInfo;
  writeFileSync(
    path.join(directory, 'dialer.json'),
    JSON.stringify({ dashboardUrl: `http://127.0.0.1:${port}` }),
  );
}

async function nextPair(): Promise<{ atDashboard: WebSocket; atWarden: WebSocket }> {
  const [[atDashboard], [atWarden]] = await Promise.all([
    once(dashboard, 'connection'),
    once(warden, 'connection'),
  ]);
  return { atDashboard, atWarden };
}

const answerPings = (socket: WebSocket) => socket.on('ping', (data) => socket.pong(data));

test('frames pass both ways as they are', async () => {
  tellWhere();
  dial();
  const { atDashboard, atWarden } = await nextPair();
  const heardByDashboard = once(atDashboard, 'message');
  const heardByWarden = once(atWarden, 'message');
  atWarden.send('{"type":"hello"}');
  atDashboard.send(Buffer.from([0, 255, 1]));
  const [text, textIsBinary] = await heardByDashboard;
  expect([text.toString(), textIsBinary]).toEqual(['{"type":"hello"}', false]);
  const [bytes, bytesAreBinary] = await heardByWarden;
  expect([[...bytes], bytesAreBinary]).toEqual([[0, 255, 1], true]);
});

test('what either side says before the other listens is not lost', async () => {
  tellWhere();
  dashboard.once('connection', (socket: WebSocket) => socket.send('first'));
  warden.once('connection', (socket: WebSocket) =>
    socket.once('message', (data) => socket.send(`got ${data}`)),
  );
  const answered = new Promise((resolve) =>
    dashboard.once('connection', (socket: WebSocket) =>
      socket.once('message', (data) => resolve(String(data))),
    ),
  );
  dial();
  expect(await answered).toBe('got first');
});

test('a burst larger than the buffers arrives whole and in order', async () => {
  tellWhere();
  dial();
  const { atDashboard, atWarden } = await nextPair();
  const frame = 'x'.repeat(100_000);
  const got: string[] = [];
  const all = new Promise<void>((resolve) => {
    atDashboard.on('message', (data) => {
      got.push(data.toString().slice(0, 4));
      if (got.length === 200) resolve();
    });
  });
  for (let n = 0; n < 200; n++) atWarden.send(String(n).padStart(4, '0') + frame);
  await all;
  expect(got).toEqual(Array.from({ length: 200 }, (_, n) => String(n).padStart(4, '0')));
});

test('when one side ends the other is ended, and it dials again', async () => {
  tellWhere();
  dial();
  const first = await nextPair();
  const wardenSideEnded = once(first.atWarden, 'close');
  first.atDashboard.terminate();
  await wardenSideEnded;
  const second = await nextPair();
  const dashboardSideEnded = once(second.atDashboard, 'close');
  second.atWarden.terminate();
  await dashboardSideEnded;
});

test.each([
  [
    'a dashboard that lets in and refuses at once is dialled ever less often',
    (socket: WebSocket) => socket.close(1011),
    2,
    7,
  ],
  [
    'one that dies again and again is back as soon as it is there',
    (socket: WebSocket) => socket.terminate(),
    8,
    17,
  ],
  // How often within four seconds says nothing of a dialer that has no processor meanwhile.
])('%s', { retry: 2 }, async (_, end, least, most) => {
  tellWhere();
  let dialled = 0;
  dashboard.on('connection', (socket) => {
    dialled += 1;
    // Some time after the other side stands, too.
    setTimeout(() => end(socket), 20);
  });
  // Each wait is as long as it may be.
  const random = vi.spyOn(Math, 'random').mockReturnValue(1);
  try {
    dial();
    await new Promise((resolve) => setTimeout(resolve, 4_000));
  } finally {
    random.mockRestore();
  }
  // With growth after 0, 250, 625, 1187, 2031 and 3297 ms; without it every 250.
  expect(dialled).toBeGreaterThanOrEqual(least);
  expect(dialled).toBeLessThanOrEqual(most);
});

test('a dashboard that answers no ping is given up; one that answers is kept', async () => {
  tellWhere();
  dial(50);
  const silent = await nextPair();
  const again = nextPair();
  await once(silent.atDashboard, 'close');
  expect(said).toContain('the dashboard is silent');

  const alive = await again;
  answerPings(alive.atDashboard);
  let closed = false;
  alive.atDashboard.once('close', () => {
    closed = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(closed).toBe(false);
});

test('it waits until the warden has said where to dial', async () => {
  dial();
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(said).toEqual(['waiting for the warden to say where to dial']);
  tellWhere();
  await nextPair();
});

test('the wait is spread over the whole interval, which grows by half up to 5 s', () => {
  const longest = [0, 1, 2, 7, 50].map((failures) => waitBeforeAttempt(failures, () => 1));
  expect(longest).toEqual([250, 375, 562.5, expect.closeTo(4271, 0), 5000]);
  expect(waitBeforeAttempt(50, () => 0)).toBe(0);
});

test('where the first dashboard is away it dials the next, and goes on between those that answer', async () => {
  const { port } = dashboardHttp.address() as AddressInfo;
  const others = [{ url: `http://127.0.0.1:${port}` }];
  // Nobody listens on port 1.
  const text = JSON.stringify({ dashboardUrl: 'http://127.0.0.1:1', others });
  writeFileSync(path.join(directory, 'dialer.json'), text);
  dial();
  await nextPair();
  await expect.poll(() => said.at(-1)).toBe(`connected to ws://127.0.0.1:${port}/agent`);
  expect(said[0]).toContain('ECONNREFUSED');
});

test('a dashboard that falls silent after it was well is not dialled before the other', async () => {
  const other = new WebSocketServer({ port: 0, host: '127.0.0.1', path: '/agent' });
  await once(other, 'listening');
  try {
    const url = (port: number) => `http://127.0.0.1:${port}`;
    const [first, second] = [dashboardHttp, other].map((each) => (each.address() as AddressInfo).port);
    writeFileSync(
      path.join(directory, 'dialer.json'),
      JSON.stringify({ dashboardUrl: url(first ?? 0), others: [{ url: url(second ?? 0) }] }),
    );
    dial(400);
    const { atDashboard } = await nextPair();
    answerPings(atDashboard);
    // Longer than it takes to be called well.
    await new Promise((resolve) => setTimeout(resolve, 5_200));
    const atOther = once(other, 'connection');
    atDashboard.removeAllListeners('ping');
    await atOther;
    expect(said.slice(0, 2)).toEqual([
      `connected to ws://127.0.0.1:${first}/agent`,
      'the dashboard is silent',
    ]);
    expect(said.filter((line) => line.includes(`:${first}/`))).toHaveLength(1);
  } finally {
    for (const client of other.clients) client.terminate();
    other.close();
  }
}, 30_000);

test('the dashboard that was connected is dialled first, the others in their turn', () => {
  const all = ['a', 'b', 'c'].map((url) => ({ url })) as [{ url: string }, ...{ url: string }[]];
  const turn = new Turn();
  const next = () => turn.next(all).url;
  expect(next()).toBe('a');
  turn.missed();
  expect(next()).toBe('b');
  turn.connected('b');
  expect(next()).toBe('b');
  turn.missed();
  expect(next()).toBe('c');
  turn.missed();
  expect(next()).toBe('a');
  turn.connected('gone meanwhile');
  expect(next()).toBe('a');
});

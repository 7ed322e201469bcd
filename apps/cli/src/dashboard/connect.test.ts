import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { initTRPC } from '@trpc/server';
import { createHTTPServer } from '@trpc/server/adapters/standalone';
import superjson from 'superjson';
import { expect, test, vi } from 'vitest';
import { followed } from '../subscription.ts';
import { connectDashboard } from './connect.ts';

const MIB = 1024 * 1024;
const PIECE = 64 * 1024;
const FLOOD = 32 * MIB;
const SILENT_MS = 1_500;

/** A dashboard where a jail writes FLOOD bytes as fast as it is read. */
async function floodingDashboard() {
  const its = { sent: 0, asked: 0 };
  const t = initTRPC.create({
    transformer: superjson,
    sse: { ping: { enabled: true, intervalMs: 500 }, client: { reconnectAfterInactivityMs: SILENT_MS } },
  });
  const logs = t.procedure.subscription(async function* () {
    its.asked += 1;
    for (; its.sent < FLOOD; its.sent += PIECE) {
      yield { offset: its.sent, text: 'x'.repeat(PIECE), dropped: 0 };
      await new Promise(setImmediate);
    }
  });
  const server = createHTTPServer({
    router: t.router({ jails: t.router({ logs }) }),
    basePath: '/api/trpc/',
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { its, server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** Takes one piece and no other before it is released. */
function slowTerminal() {
  const got = { bytes: 0 };
  let taken = () => {};
  let slow = true;
  const out = new Writable({
    write(piece: Buffer, _, done) {
      got.bytes += piece.length;
      if (slow) taken = done;
      else done();
    },
  });
  const release = () => {
    slow = false;
    taken();
  };
  return { out, got, release };
}

async function logsTo(out: Writable, isWaitedFor: boolean) {
  const { its, server, url } = await floodingDashboard();
  const address = { via: 'url' as const, url, token: 't' };
  const { dashboard, close } = connectDashboard(address as never, {}, isWaitedFor ? [out] : []);
  const offsets: number[] = [];
  const ended = followed(dashboard.jails.logs, { jail: 'web' }, ({ offset, text }) => {
    offsets.push(offset);
    out.write(text);
  });
  const end = async () => {
    await close();
    server.closeAllConnections();
    server.close();
  };
  return { its, offsets, ended, end };
}

test('what standard output does not take stays where it is, however long, and comes then', async () => {
  const { out, got, release } = slowTerminal();
  const { its, offsets, ended, end } = await logsTo(out, true);
  try {
    await vi.waitFor(() => expect(offsets.length).toBeGreaterThan(0), 10_000);
    // Longer than after which a silent stream is asked for anew.
    await new Promise((resolve) => setTimeout(resolve, 1.5 * SILENT_MS));
    expect(its.sent).toBeLessThan(16 * MIB);
    expect(offsets.length * PIECE).toBeLessThan(8 * MIB);
    release();
    await ended;
    await vi.waitFor(() => expect(got.bytes).toBe(FLOOD), 10_000);
    expect(offsets).toEqual(Array.from({ length: FLOOD / PIECE }, (_, n) => n * PIECE));
    expect(its.asked).toBe(1);
  } finally {
    await end();
  }
});

test('control: it piles up here where nobody waits for standard output', async () => {
  const { out } = slowTerminal();
  const { its, ended, end } = await logsTo(out, false);
  try {
    await ended;
    expect(its.sent).toBe(FLOOD);
    expect(out.writableLength).toBeGreaterThan(FLOOD / 2);
  } finally {
    await end();
  }
});

import { chmod, chown, mkdir, rm, stat } from 'node:fs/promises';
import http from 'node:http';
import { dirname } from 'node:path';
import type { AgentConnection } from '@cellblock/shared/agent-connection';
import { stopsInOrder } from '@cellblock/shared/stops-in-order';
import { getWSConnectionHandler } from '@trpc/server/adapters/ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { agentRouter, type Peer } from './api/router.ts';
import { HandshakeRefused, shakeHands } from './handshake.ts';
import { Outbox } from './outbox.ts';
import type { Warden } from './warden.ts';

/** A refused host dials again at once; whoever refused it shall not be asked more often than this. */
const REFUSED_PAUSE_MS = 3_000;

export interface Served {
  close(): Promise<void>;
}

/** Root at this host, on a socket that only root can open. */
export async function serveRoot(warden: Warden): Promise<Served> {
  return listen(warden.host.paths.localSocket, { gid: 0, mode: 0o600 }, (socket, url) => {
    const who = new URL(url, 'ws://warden').searchParams.get('who') ?? 'root';
    serveRouter(warden, socket, { peer: 'root', who });
  });
}

/** The dialer brings one socket per connection to the dashboard; we speak first. */
export async function serveDialer(warden: Warden, gid: number): Promise<Served> {
  return listen(warden.host.paths.dialerSocket, { gid, mode: 0o660 }, (socket) => {
    void admit(warden, socket);
  });
}

async function admit(warden: Warden, socket: WebSocket): Promise<void> {
  const connection = (now: WithoutSince<AgentConnection>) => {
    warden.connection = { ...now, since: new Date().toISOString() };
  };
  try {
    const admitted = await shakeHands({
      socket,
      key: warden.key,
      hostFile: warden.host.paths.host,
      agentVersion: warden.agentVersion,
      checks: () => warden.checks,
      onWaiting: (fingerprint, message) => {
        console.error(`waiting for approval: ${message} ${fingerprint}`);
        connection({ state: 'waiting', fingerprint, message });
      },
    });
    connection({ state: 'ready', host: admitted.host.name });
    socket.once('close', () => connection({ state: 'away' }));
    warden.enrolledAs(admitted.host.id);
    // The adapter uses of a WebSocket what a sealed one has.
    serveRouter(warden, admitted.channel as unknown as WebSocket, { peer: 'dashboard' });
    admitted.replay();
  } catch (error) {
    const more = error instanceof HandshakeRefused ? ` ${error.refusal.cause} ${error.refusal.fix}` : '';
    console.error(`no connection: ${error instanceof Error ? error.message : error}${more}`);
    if (error instanceof HandshakeRefused) {
      const { reason, message } = error;
      connection({ state: 'refused', reason, message, ...error.refusal });
    } else connection({ state: 'away' });
    const wait = error instanceof HandshakeRefused ? REFUSED_PAUSE_MS : 0;
    setTimeout(() => socket.close(), wait).unref();
  }
}

type WithoutSince<T> = T extends unknown ? Omit<T, 'since'> : never;

export function serveRouter(
  warden: Warden,
  socket: WebSocket,
  peer: Peer,
  outbox: Outbox = new Outbox(socket),
): void {
  const handle = getWSConnectionHandler({
    router: agentRouter,
    // Only its type asks for a server: the socket is open already.
    wss: new WebSocketServer({ noServer: true }),
    createContext: () => ({ warden, peer, outbox }),
  });
  // The adapter wants the request of the upgrade; frames that were relayed have none.
  handle(stopsInOrder(socket), {
    url: '/',
    headers: {},
    on: () => undefined,
    socket: {},
  } as unknown as http.IncomingMessage);
}

async function listen(
  path: string,
  o: { gid: number; mode: number },
  accept: (socket: WebSocket, url: string) => void,
): Promise<Served> {
  await mkdir(dirname(path), { recursive: true, mode: 0o750 });
  await rm(path, { force: true });
  const server = http.createServer();
  const sockets = new WebSocketServer({ server, maxPayload: 64 * 1024 * 1024 });
  sockets.on('connection', (socket, request) => {
    socket.on('error', (error) => console.error(`${path}: ${error.message}`));
    accept(socket, request.url ?? '/');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  await chown(path, 0, o.gid);
  await chmod(path, o.mode);
  return {
    async close() {
      for (const socket of sockets.clients) socket.terminate();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The group that the supervisor gave the sockets' directory to; root's where there is none. */
export async function dialerGroup(path: string): Promise<number> {
  return (await stat(dirname(path)).catch(() => null))?.gid ?? 0;
}

import type { AgentRouter } from '@cellblock/agent/warden/api/router';
import type { SealedSocket } from '@cellblock/shared/sealed-socket';
import { sendAtOnce } from '@cellblock/shared/send-at-once';
import { createTRPCClient, createWSClient, type TRPCClient, wsLink } from '@trpc/client';
import superjson from 'superjson';
import type { ConnectedHost } from './handshake.ts';
import { asWebSocketClass } from './socket-as-websocket.ts';

export type AgentClient = TRPCClient<AgentRouter>;

export interface AgentConnection {
  host: ConnectedHost;
  agent: AgentClient;
  /** aborted when the connection ends, whoever ended it */
  closed: AbortSignal;
  close(): void;
}

interface Pingable {
  on(event: 'pong', heard: () => void): unknown;
  ping(): void;
  terminate(): void;
}

const PING_MS = 5_000;

/** The agents that are connected to this process, one connection a host: a new one ends the one before. */
export class AgentConnections {
  readonly #byHost = new Map<string, AgentConnection>();

  /** Makes the dashboard the client on a socket whose hands were shaken. */
  add(host: ConnectedHost, socket: SealedSocket): AgentConnection {
    this.#byHost.get(host.id)?.close();
    const ended = new AbortController();
    const client = sendAtOnce(createWSClient({ url: 'ws://agent', WebSocket: asWebSocketClass(socket) }));
    const agent = createTRPCClient<AgentRouter>({ links: [wsLink({ client, transformer: superjson })] });
    const connection: AgentConnection = {
      host,
      agent,
      closed: ended.signal,
      close: () => socket.terminate(),
    };
    this.#byHost.set(host.id, connection);
    const stopPings = endWhenSilent(socket);
    socket.once('close', () => {
      stopPings();
      if (this.#byHost.get(host.id) === connection) this.#byHost.delete(host.id);
      ended.abort();
      void client.close();
    });
    return connection;
  }

  of(hostId: string): AgentConnection | null {
    return this.#byHost.get(hostId) ?? null;
  }

  all(): AgentConnection[] {
    return [...this.#byHost.values()];
  }
}

/** A peer that answers two pings in a row with nothing is gone, though its socket looks open. */
export function endWhenSilent(socket: Pingable): () => void {
  let unanswered = 0;
  socket.on('pong', () => {
    unanswered = 0;
  });
  const timer = setInterval(() => {
    if (unanswered >= 2) return socket.terminate();
    unanswered += 1;
    socket.ping();
  }, PING_MS);
  return () => clearInterval(timer);
}

import { randomUUID } from 'node:crypto';
import { sendAtOnce } from '@cellblock/shared/send-at-once';
import { createTRPCClient, createWSClient, wsLink } from '@trpc/client';
import superjson from 'superjson';
import { WebSocket } from 'ws';
import { type AgentClient, endWhenSilent } from '../host-sync/agent-connections.ts';
import type { InstallationKey } from '../host-sync/installation-key.ts';
import { asWebSocketClass } from '../host-sync/socket-as-websocket.ts';
import { writePass } from './relay-pass.ts';

const OPEN_WITHIN_MS = 5_000;

/** A dashboard of the database's list. */
export interface OtherDashboard {
  id: string;
  url: string;
  ca: string | null;
}

/** Connections to other dashboards, one for each host that was asked through them. */
export class Relays {
  readonly #key: InstallationKey;
  readonly #me: string;
  readonly #byHost = new Map<string, { to: string; agent: Promise<AgentClient>; socket: WebSocket }>();

  constructor(key: InstallationKey, me: string) {
    this.#key = key;
    this.#me = me;
  }

  /** The agent of a host that is connected there. Rejects with why there is no way to it. */
  agentAt(dashboard: OtherDashboard, host: string): Promise<AgentClient> {
    const open = this.#byHost.get(host);
    if (open?.to === dashboard.id) return open.agent;
    open?.socket.terminate();
    const socket = this.#dial(dashboard, host);
    const entry = { to: dashboard.id, socket, agent: agentOn(socket) };
    this.#byHost.set(host, entry);
    socket.once('close', () => {
      if (this.#byHost.get(host) === entry) this.#byHost.delete(host);
    });
    return entry.agent;
  }

  close(): void {
    for (const { socket } of this.#byHost.values()) socket.terminate();
  }

  #dial(dashboard: OtherDashboard, host: string): WebSocket {
    const pass = {
      v: 1 as const,
      from: this.#me,
      to: dashboard.id,
      host,
      nonce: randomUUID(),
      at: Date.now(),
    };
    return new WebSocket(`${dashboard.url.replace(/^http/, 'ws')}/relay`, {
      ...(dashboard.ca === null ? {} : { ca: dashboard.ca }),
      headers: { authorization: `Cellblock-Relay ${writePass(pass, this.#key.sign)}` },
      handshakeTimeout: OPEN_WITHIN_MS,
      perMessageDeflate: false,
    });
  }
}

/** The other dashboard serves the agent's own paths: relay-router.ts. */
async function agentOn(socket: WebSocket): Promise<AgentClient> {
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('it hung up')));
  });
  socket.on('error', () => socket.terminate());
  const stopPings = endWhenSilent(socket);
  const client = sendAtOnce(createWSClient({ url: 'ws://relay', WebSocket: asWebSocketClass(socket) }));
  socket.once('close', () => {
    stopPings();
    void client.close();
  });
  return createTRPCClient({ links: [wsLink({ client, transformer: superjson })] }) as AgentClient;
}

import { sendAtOnce } from '@cellblock/shared/send-at-once';
import { createTRPCClient, createWSClient, type TRPCClient, wsLink } from '@trpc/client';
import superjson from 'superjson';
import { WebSocket } from 'ws';
import type { AgentRouter } from './warden/api/router.ts';

/** The agent of this host, for root, over its local socket. */
export function localClient(
  socketPath: string,
  who = 'root',
): { agent: TRPCClient<AgentRouter>; close(): Promise<void> } {
  const socket = sendAtOnce(
    createWSClient({
      url: `ws+unix:${socketPath}:/?who=${encodeURIComponent(who)}`,
      WebSocket: WebSocket as unknown as typeof globalThis.WebSocket,
      retryDelayMs: () => 1_000,
    }),
  );
  const agent = createTRPCClient<AgentRouter>({
    links: [wsLink({ client: socket, transformer: superjson })],
  });
  return { agent, close: () => socket.close() };
}

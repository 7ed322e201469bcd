import { existsSync } from 'node:fs';
import type { DataDirectory } from '@cellblock/shared/data-directory';
import { createTRPCClient, createWSClient, wsLink } from '@trpc/client';
import type { AnyRouter } from '@trpc/server';
import superjson from 'superjson';
import { WebSocket } from 'ws';

/** Asks a query of the agent on this host, over root's socket; null when it does not answer within 3 s. */
export async function askLocalAgent<T>(
  place: DataDirectory,
  ...procedure: [string, ...string[]]
): Promise<T | null> {
  if (!existsSync(place.localSocket)) return null;
  const socket = createWSClient({
    url: `ws+unix:${place.localSocket}:/`,
    WebSocket: WebSocket as never,
    retryDelayMs: () => 60_000,
  });
  const client = createTRPCClient<AnyRouter>({ links: [wsLink({ client: socket, transformer: superjson })] });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), 3_000);
  });
  try {
    let at = client as unknown as Record<string, never>;
    for (const word of procedure) at = at[word] as unknown as Record<string, never>;
    const { query } = at as unknown as { query(): Promise<T> };
    return await Promise.race([query().catch(() => null), late]);
  } finally {
    clearTimeout(timer);
    await socket.close();
  }
}

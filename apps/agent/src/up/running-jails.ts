import { existsSync } from 'node:fs';
import type { DataDirectory } from '@cellblock/shared/data-directory';
import type { HostStatus } from '@cellblock/shared/host-status';
import { createTRPCClient, createWSClient, wsLink } from '@trpc/client';
import type { AnyRouter } from '@trpc/server';
import superjson from 'superjson';
import { WebSocket } from 'ws';

/** Names of the jails that run on this host, from its agent; null when that does not answer within 3 s. */
export async function runningJails(place: DataDirectory): Promise<string[] | null> {
  if (!existsSync(place.localSocket)) return null;
  const socket = createWSClient({
    url: `ws+unix:${place.localSocket}:/`,
    WebSocket: WebSocket as never,
    retryDelayMs: () => 60_000,
  });
  const client = createTRPCClient<AnyRouter>({
    links: [wsLink({ client: socket, transformer: superjson })],
  }) as unknown as { status: { get: { query(): Promise<HostStatus> } } };
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), 3_000);
  });
  try {
    const status = await Promise.race([client.status.get.query().catch(() => null), late]);
    return status?.jails.filter((jail) => jail.state === 'running').map((jail) => jail.name) ?? null;
  } finally {
    clearTimeout(timer);
    await socket.close();
  }
}

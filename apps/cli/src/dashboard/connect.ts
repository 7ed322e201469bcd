import { createTRPCClient, httpLink, httpSubscriptionLink, splitLink } from '@trpc/client';
import type { AnyRouter } from '@trpc/server';
import superjson from 'superjson';
import { Agent, type Dispatcher, fetch } from 'undici';
import type { Out } from './as-read.ts';
import type { DashboardAddress } from './dashboard-address.ts';
import { eventSourceFor } from './event-source.ts';
import type { Dashboard } from './procedures.ts';

/** A client of the dashboard; `close` lets the process end. Streams come as fast as `outs` take them. */
export function connectDashboard(
  address: DashboardAddress,
  person: Record<string, string>,
  outs: readonly Out[],
): { dashboard: Dashboard; close: () => Promise<void> } {
  const pool =
    address.via === 'root-socket'
      ? new Agent({ connect: { socketPath: address.socket }, bodyTimeout: 0, headersTimeout: 90_000 })
      : new Agent({ connect: address.ca === undefined ? {} : { ca: address.ca }, bodyTimeout: 0 });
  const headers = address.via === 'root-socket' ? person : { authorization: `Bearer ${address.token}` };
  // EventSource takes no headers of its own, so they are put on where both kinds of request pass.
  const dispatcher = pool.compose(withHeaders(headers));
  const url = `${address.via === 'root-socket' ? 'http://localhost' : address.url.replace(/\/+$/, '')}/api/trpc`;
  const client = createTRPCClient<AnyRouter>({
    links: [
      splitLink({
        condition: (operation) => operation.type === 'subscription',
        true: httpSubscriptionLink({
          url,
          transformer: superjson,
          EventSource: eventSourceFor(dispatcher, outs) as never,
        }),
        false: httpLink({
          url,
          transformer: superjson,
          fetch: (input, init) => fetch(input as string, { ...(init as object), dispatcher }) as never,
        }),
      }),
    ],
  });
  return { dashboard: client as unknown as Dashboard, close: () => pool.destroy() };
}

function withHeaders(added: Record<string, string>): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) =>
    dispatch({ ...options, headers: merged(options.headers, added) }, handler);
}

function merged(
  headers: Dispatcher.DispatchOptions['headers'],
  added: Record<string, string>,
): Dispatcher.DispatchOptions['headers'] {
  const more = Object.entries(added);
  if (headers === null || headers === undefined) return added;
  if (Array.isArray(headers)) return [...headers, ...more.flat()];
  if (Symbol.iterator in headers) return [...(headers as Iterable<[string, string]>), ...more].flat();
  return { ...(headers as Record<string, string>), ...added };
}

/** Nobody listens there: the dashboard is off. */
export const isConnectionRefused = (error: unknown): boolean => refusedConnection(error) !== null;

/** The connection that nobody took, with the socket's path where it was one; null: it was something else. */
export function refusedConnection(error: unknown): { socket: string | undefined } | null {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code, syscall, address } = cause as NodeJS.ErrnoException & { address?: string };
    if (code === 'ECONNREFUSED' || (code === 'ENOENT' && syscall === 'connect'))
      return { socket: address?.startsWith('/') ? address : undefined };
  }
  return null;
}

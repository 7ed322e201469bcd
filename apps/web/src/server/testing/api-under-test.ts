import { createTRPCClient, httpLink } from '@trpc/client';
import superjson from 'superjson';
import type { AppRouter } from '../api/root.ts';

/** The API as a signed-in page of the dashboard at `url` calls it; `cookie` may be set later. */
export function apiUnderTest(url: string, cookie: () => string) {
  return createTRPCClient<AppRouter>({
    links: [
      httpLink({
        url: `${url}/api/trpc`,
        transformer: superjson,
        headers: () => ({ origin: url, ...(cookie() && { cookie: cookie() }) }),
      }),
    ],
  });
}

export type ApiUnderTest = ReturnType<typeof apiUnderTest>;

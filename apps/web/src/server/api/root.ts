import { fleetRouter } from './routers/fleet.ts';
import { hostsRouter } from './routers/hosts.ts';
import { invitesRouter } from './routers/invites.ts';
import { sessionRouter } from './routers/session.ts';
import { setupRouter } from './routers/setup.ts';
import { tokensRouter } from './routers/tokens.ts';
import { usersRouter } from './routers/users.ts';
import { router } from './trpc.ts';

/** All that browser and CLI may ask of the dashboard. */
export const appRouter = router({
  setup: setupRouter,
  session: sessionRouter,
  invites: invitesRouter,
  users: usersRouter,
  tokens: tokensRouter,
  hosts: hostsRouter,
  fleet: fleetRouter,
});

export type AppRouter = typeof appRouter;

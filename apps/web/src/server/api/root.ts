import { answersRouter } from './routers/answers.ts';
import { auditRouter } from './routers/audit.ts';
import { documentsRouter } from './routers/documents.ts';
import { fleetRouter } from './routers/fleet.ts';
import { grantsRouter } from './routers/grants.ts';
import { hostsRouter } from './routers/hosts.ts';
import { imagesRouter } from './routers/images.ts';
import { invitesRouter } from './routers/invites.ts';
import { ipsRouter } from './routers/ips.ts';
import { jailsRouter } from './routers/jails.ts';
import { metricsRouter } from './routers/metrics.ts';
import { networksRouter } from './routers/networks.ts';
import { noticesRouter } from './routers/notices.ts';
import { poolsRouter } from './routers/pools.ts';
import { searchRouter } from './routers/search.ts';
import { sessionRouter } from './routers/session.ts';
import { setupRouter } from './routers/setup.ts';
import { tasksRouter } from './routers/tasks.ts';
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
  answers: answersRouter,
  fleet: fleetRouter,
  jails: jailsRouter,
  grants: grantsRouter,
  images: imagesRouter,
  networks: networksRouter,
  pools: poolsRouter,
  metrics: metricsRouter,
  ips: ipsRouter,
  tasks: tasksRouter,
  notices: noticesRouter,
  audit: auditRouter,
  search: searchRouter,
  documents: documentsRouter,
});

export type AppRouter = typeof appRouter;

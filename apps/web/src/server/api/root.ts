import { router } from './trpc.ts';

/** All that browser and CLI may ask of the dashboard. */
export const appRouter = router({});

export type AppRouter = typeof appRouter;

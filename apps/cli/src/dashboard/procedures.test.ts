import type { AppRouter } from '@cellblock/web/server/api/root';
import type { TRPCClient } from '@trpc/client';
import { expect, test } from 'vitest';
import type { Dashboard } from './procedures.ts';

/** Compiles only while every procedure that the CLI calls is there, and takes and gives what the CLI thinks. */
const asTheCliSeesIt = (client: TRPCClient<AppRouter>): Dashboard => client;

test('the router that the dashboard serves is the one that the CLI calls', () => {
  expect(asTheCliSeesIt).toBeTypeOf('function');
});

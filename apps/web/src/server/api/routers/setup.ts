import { ClaimInput, claimInstallation } from '../../setup/claim-installation.ts';
import { setupStatus } from '../../setup/setup-status.ts';
import { publicProcedure, router } from '../trpc.ts';

export const setupRouter = router({
  status: publicProcedure.query(({ ctx }) => setupStatus(ctx.db)),
  claim: publicProcedure.input(ClaimInput).mutation(({ ctx, input }) => claimInstallation(ctx, input)),
});

import { AcceptInviteInput, acceptInvite, ShowInviteInput, showInvite } from '../../users/accept-invite.ts';
import { publicProcedure, router } from '../trpc.ts';

export const invitesRouter = router({
  show: publicProcedure.input(ShowInviteInput).query(({ ctx, input }) => showInvite(ctx, input)),
  accept: publicProcedure.input(AcceptInviteInput).mutation(({ ctx, input }) => acceptInvite(ctx, input)),
});

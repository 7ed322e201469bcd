import { ChangeRoleInput, changeRole } from '../../users/change-role.ts';
import { InviteInput, inviteUser } from '../../users/invite-user.ts';
import { listUsers } from '../../users/list-users.ts';
import { RemoveUserInput, removeUser } from '../../users/remove-user.ts';
import { procedure, router } from '../trpc.ts';

export const usersRouter = router({
  list: procedure('administer').query(({ ctx }) => listUsers(ctx.db)),
  invite: procedure('administer')
    .input(InviteInput)
    .mutation(({ ctx, input }) => inviteUser(ctx, input)),
  role: procedure('administer')
    .input(ChangeRoleInput)
    .mutation(({ ctx, input }) => changeRole(ctx, input)),
  remove: procedure('administer')
    .input(RemoveUserInput)
    .mutation(({ ctx, input }) => removeUser(ctx, input)),
});

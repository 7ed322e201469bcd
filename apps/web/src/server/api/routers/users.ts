import { ChangeRoleInput, changeRole } from '../../users/change-role.ts';
import { EndSessionsInput, endSessions } from '../../users/end-sessions.ts';
import { InviteInput, inviteUser } from '../../users/invite-user.ts';
import { listUsers } from '../../users/list-users.ts';
import { RemoveUserInput, removeUser } from '../../users/remove-user.ts';
import { roleTable } from '../../users/role-table.ts';
import { procedure, router } from '../trpc.ts';

export const usersRouter = router({
  list: procedure('administer').query(({ ctx }) => listUsers(ctx.db)),
  /** what each role may do: everybody may know */
  roles: procedure('read').query(() => roleTable()),
  'sign-out': procedure('administer')
    .input(EndSessionsInput)
    .mutation(({ ctx, input }) => endSessions(ctx, input)),
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

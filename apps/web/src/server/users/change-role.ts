import { Permission, Role, roleCan } from '@cellblock/shared/role';
import * as z from 'zod';
import { recordAct } from '../record-act.ts';
import type { VerbContext } from '../verb-context.ts';
import { findUser, keepAnAdministrator } from './find-user.ts';

export const ChangeRoleInput = z.object({ name: z.string().min(1), role: Role });

/**
 * Gives a person another role; their sessions end, so that nothing begun with the old one goes on, and
 * tokens of theirs that may do more than they now may.
 */
export async function changeRole(ctx: VerbContext, input: z.output<typeof ChangeRoleInput>) {
  return await recordAct(ctx, 'user.role', async ({ tx }) => {
    const user = await findUser(tx, input.name);
    if (user.role === 'admin' && input.role !== 'admin') await keepAnAdministrator(tx, user.id);
    await tx.user.update({ where: { id: user.id }, data: { role: input.role } });
    const sessions = await tx.session.findMany({ where: { userId: user.id }, select: { id: true } });
    const beyond = Role.options.filter((role) =>
      Permission.options.some((each) => roleCan(role, each) && !roleCan(input.role, each)),
    );
    const given = { ownerId: user.id, role: { in: beyond } };
    const tokens = await tx.apiToken.findMany({ where: given, select: { id: true, name: true } });
    await tx.apiToken.deleteMany({ where: given });
    await tx.session.deleteMany({ where: { userId: user.id } });
    return {
      object: { type: 'user', id: user.id, name: input.name },
      host: null,
      summary: `made ${input.name} ${input.role}, who was ${user.role}`,
      before: { role: user.role },
      after: { role: input.role, tokensEnded: tokens.map(({ name }) => name) },
      topics: [...sessions, ...tokens].map(({ id }) => `session/${id}`),
      result: { name: input.name, role: input.role },
    };
  });
}

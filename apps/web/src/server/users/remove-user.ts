import * as z from 'zod';
import { recordAct } from '../record-act.ts';
import type { VerbContext } from '../verb-context.ts';
import { findUser, keepAnAdministrator } from './find-user.ts';

export const RemoveUserInput = z.object({ name: z.string().min(1) });

/** Ends a person's sessions and tokens; what they did stays in the history. Takes back an invite as well. */
export async function removeUser(ctx: VerbContext, input: z.output<typeof RemoveUserInput>) {
  return await recordAct(ctx, 'user.remove', async ({ tx }) => {
    const taken = await tx.invite.deleteMany({ where: { name: input.name, acceptedAt: null } });
    if (taken.count > 0 && (await tx.user.findUnique({ where: { username: input.name } })) === null) {
      return {
        object: { type: 'user', id: input.name, name: input.name },
        host: null,
        summary: `took back the invite of ${input.name}`,
        result: { name: input.name },
      };
    }
    const user = await findUser(tx, input.name);
    if (user.role === 'admin') await keepAnAdministrator(tx, user.id);
    const sessions = await tx.session.findMany({ where: { userId: user.id }, select: { id: true } });
    const tokens = await tx.apiToken.findMany({ where: { ownerId: user.id }, select: { id: true } });
    await tx.user.delete({ where: { id: user.id } });
    return {
      object: { type: 'user', id: user.id, name: input.name },
      host: null,
      summary: `removed ${input.name}`,
      before: { role: user.role },
      topics: [...sessions, ...tokens].map(({ id }) => `session/${id}`),
      result: { name: input.name },
    };
  });
}

import * as z from 'zod';
import { recordAct } from '../record-act.ts';
import type { VerbContext } from '../verb-context.ts';
import { findUser } from './find-user.ts';

export const EndSessionsInput = z.object({ name: z.string().min(1) });

/** Signs a person out everywhere, at once. Who they are and what they may do stays. */
export async function endSessions(ctx: VerbContext, input: z.output<typeof EndSessionsInput>) {
  return await recordAct(ctx, 'user.sign-out', async ({ tx }) => {
    const user = await findUser(tx, input.name);
    const sessions = await tx.session.findMany({ where: { userId: user.id }, select: { id: true } });
    await tx.session.deleteMany({ where: { userId: user.id } });
    return {
      object: { type: 'user', id: user.id, name: input.name },
      host: null,
      summary: `signed ${input.name} out of ${sessions.length} ${sessions.length === 1 ? 'session' : 'sessions'}`,
      before: { sessions: sessions.length },
      after: { sessions: 0 },
      topics: sessions.map(({ id }) => `session/${id}`),
      result: { name: input.name, ended: sessions.length },
    };
  });
}

import { AppError } from '@cellblock/shared/app-error';
import * as z from 'zod';
import { recordAct } from '../record-act.ts';
import type { VerbContext } from '../verb-context.ts';

export const RemoveTokenInput = z.object({ name: z.string().min(1) });

/** Ends a token at once. */
export async function removeToken(ctx: VerbContext, input: z.output<typeof RemoveTokenInput>) {
  return await recordAct(ctx, 'token.remove', async ({ tx }) => {
    const token = await tx.apiToken.findUnique({ where: { name: input.name } });
    if (token === null) {
      throw new AppError('not-found', `There is no token ${input.name}.`, {
        field: 'name',
        cause: 'It was removed, or never made.',
        fix: 'List them: cellblock token ls',
      });
    }
    await tx.apiToken.delete({ where: { id: token.id } });
    return {
      object: { type: 'token', id: token.id, name: token.name },
      host: null,
      summary: `removed token ${token.name} of ${token.ownerName}`,
      before: { role: token.role, expiresAt: token.expiresAt.toISOString() },
      topics: [`session/${token.id}`],
      result: { name: token.name },
    };
  });
}

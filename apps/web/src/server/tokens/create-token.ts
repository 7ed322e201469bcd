import { randomUUID } from 'node:crypto';
import { actorName } from '@cellblock/shared/actor';
import { AppError } from '@cellblock/shared/app-error';
import { Name } from '@cellblock/shared/name';
import { Role } from '@cellblock/shared/role';
import * as z from 'zod';
import { newSecret } from '../auth/one-time-secret.ts';
import { recordAct } from '../record-act.ts';
import type { VerbContext } from '../verb-context.ts';

const YEAR_MS = 366 * 86_400_000;

export const CreateTokenInput = z.object({
  name: Name,
  role: Role,
  expiresAt: z.iso
    .datetime()
    .refine((at) => Date.parse(at) > Date.now(), 'is in the past: give a later moment')
    .refine(
      (at) => Date.parse(at) <= Date.now() + YEAR_MS,
      'is more than a year away: give an earlier moment',
    ),
});

/** Makes a token for a program. It is shown this once: its hash is what we keep. */
export async function createToken(ctx: VerbContext, input: z.output<typeof CreateTokenInput>) {
  const { secret, hash } = newSecret('cb_');
  return await recordAct(ctx, 'token.create', async ({ tx }) => {
    if ((await tx.apiToken.findUnique({ where: { name: input.name } })) !== null) {
      throw new AppError('conflict', `There is a token ${input.name} already.`, {
        field: 'name',
        cause: 'A name is one token.',
        fix: `Take another name, or remove it first: cellblock token rm ${input.name}`,
      });
    }
    const id = randomUUID();
    await tx.apiToken.create({
      data: {
        id,
        hash,
        name: input.name,
        role: input.role,
        ownerId: ctx.actor.type === 'user' ? ctx.actor.id : null,
        ownerName: actorName(ctx.actor),
        expiresAt: input.expiresAt,
      },
    });
    return {
      object: { type: 'token', id, name: input.name },
      host: null,
      summary: `made token ${input.name} with role ${input.role} until ${input.expiresAt}`,
      after: { role: input.role, expiresAt: input.expiresAt },
      result: { token: secret },
    };
  });
}

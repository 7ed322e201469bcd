import { randomUUID } from 'node:crypto';
import { AppError } from '@cellblock/shared/app-error';
import { Name } from '@cellblock/shared/name';
import { Role } from '@cellblock/shared/role';
import * as z from 'zod';
import { paths } from '../../paths.ts';
import type { RequestContext } from '../api/request-context.ts';
import { newSecret } from '../auth/one-time-secret.ts';
import { recordAct } from '../record-act.ts';
import type { VerbContext } from '../verb-context.ts';

const VALID_MS = 3 * 86_400_000;

export const InviteInput = z.object({ name: Name, role: Role });

/** Makes a link with which one person sets a password, once, within three days. */
export async function inviteUser(
  ctx: VerbContext & Pick<RequestContext, 'services'>,
  input: z.output<typeof InviteInput>,
): Promise<{ link: string; expiresAt: string }> {
  const { secret, hash } = newSecret();
  const expiresAt = new Date(Date.now() + VALID_MS);
  await recordAct(ctx, 'user.invite', async ({ tx, by }) => {
    if ((await tx.user.findUnique({ where: { username: input.name } })) !== null) {
      throw new AppError('conflict', `There is a user ${input.name} already.`, {
        field: 'name',
        cause: 'A name is one person.',
        fix: `Take another name, or change the role: cellblock user role ${input.name} ${input.role}`,
      });
    }
    // A newer link to the same person ends the older one.
    await tx.invite.deleteMany({ where: { name: input.name, acceptedAt: null } });
    const id = randomUUID();
    await tx.invite.create({
      data: { id, hash, name: input.name, role: input.role, invitedBy: by, expiresAt },
    });
    return {
      object: { type: 'user', id, name: input.name },
      host: null,
      summary: `invited ${input.name} as ${input.role}`,
      after: { role: input.role, expiresAt: expiresAt.toISOString() },
      result: null,
    };
  });
  return { link: `${ctx.services.env.url}${paths.invite(secret)}`, expiresAt: expiresAt.toISOString() };
}

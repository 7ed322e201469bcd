import { randomUUID } from 'node:crypto';
import { AppError } from '@cellblock/shared/app-error';
import { Role } from '@cellblock/shared/role';
import * as z from 'zod';
import type { RequestContext } from '../api/request-context.ts';
import { beginSession } from '../auth/begin-session.ts';
import { hashPassword, makeUser } from '../auth/make-user.ts';
import { hashOfSecret } from '../auth/one-time-secret.ts';
import { Password } from '../auth/password.ts';
import type { Tx } from '../db.ts';
import { recordAct } from '../record-act.ts';

const Token = z.string().min(1).max(200);
export const ShowInviteInput = z.object({ token: Token });
export const AcceptInviteInput = z.object({ token: Token, password: Password });

/** Whom a link invites, while it can be used. */
export async function showInvite(ctx: RequestContext, input: z.output<typeof ShowInviteInput>) {
  const invite = await counted(ctx, () => usableInvite(ctx.db, input.token));
  return { name: invite.name, role: Role.parse(invite.role), expiresAt: invite.expiresAt.toISOString() };
}

/** Makes the person whom the link names, and signs them in. */
export async function acceptInvite(
  ctx: RequestContext,
  input: z.output<typeof AcceptInviteInput>,
): Promise<{ name: string }> {
  const { db, services, sourceAddress, requestId } = ctx;
  const invite = await counted(ctx, () => usableInvite(db, input.token));
  const passwordHash = await hashPassword(services.signIn, input.password);
  const id = randomUUID();
  const role = Role.parse(invite.role);
  await recordAct(
    { db, actor: { type: 'user', id, name: invite.name }, role, session: null, sourceAddress, requestId },
    'user.accept',
    async ({ tx, now }) => {
      const used = await tx.invite.updateMany({
        where: { id: invite.id, acceptedAt: null },
        data: { acceptedAt: now },
      });
      if (used.count === 0) await usableInvite(tx, input.token);
      await makeUser(tx, { id, name: invite.name, role, passwordHash });
      return {
        object: { type: 'user', id, name: invite.name },
        host: null,
        summary: `came as ${role}, invited by ${invite.invitedBy}`,
        after: { role },
        result: null,
      };
    },
  );
  await beginSession(ctx, invite.name, input.password);
  return { name: invite.name };
}

async function usableInvite(tx: Tx, token: string) {
  const invite = await tx.invite.findUnique({ where: { hash: hashOfSecret(token) } });
  if (invite === null) {
    throw new AppError('denied', 'This invite is not one of ours.', {
      field: 'token',
      cause: 'The link was cut off when it was copied, or a newer one has taken its place.',
      fix: 'Ask for another: cellblock user invite NAME --role ROLE',
    });
  }
  if (invite.acceptedAt !== null) {
    throw new AppError(
      'conflict',
      `This invite was used by ${invite.name} at ${invite.acceptedAt.toISOString()}.`,
      {
        field: 'token',
        cause: 'An invite works once.',
        fix: 'Sign in, or ask for another if that was not you.',
      },
    );
  }
  if (invite.expiresAt.getTime() <= Date.now()) {
    throw new AppError('conflict', `This invite ended at ${invite.expiresAt.toISOString()}.`, {
      field: 'token',
      cause: 'An invite can be used for a limited time only.',
      fix: `Ask ${invite.invitedBy} for another.`,
    });
  }
  return invite;
}

async function counted<T>(ctx: RequestContext, look: () => Promise<T>): Promise<T> {
  const { signInLimit } = ctx.services;
  await signInLimit.take(null, ctx.sourceAddress);
  const found = await look();
  await signInLimit.giveBack(null, ctx.sourceAddress);
  return found;
}

import { randomUUID } from 'node:crypto';
import { AppError } from '@cellblock/shared/app-error';
import { Name } from '@cellblock/shared/name';
import * as z from 'zod';
import { NOBODY } from '../api/record-refused-mutation.ts';
import { refusalOf } from '../api/refusal-of.ts';
import type { RequestContext } from '../api/request-context.ts';
import { recordRefusal } from '../audit/record-refusal.ts';
import { beginSession } from '../auth/begin-session.ts';
import { hashPassword, makeUser } from '../auth/make-user.ts';
import { hashOfSecret } from '../auth/one-time-secret.ts';
import { Password } from '../auth/password.ts';
import { changeFleet } from '../change-fleet.ts';

export const ClaimInput = z.object({ token: z.string().min(1).max(200), name: Name, password: Password });

/** Makes the first administrator, once, and signs them in. */
export async function claimInstallation(
  ctx: RequestContext,
  input: z.output<typeof ClaimInput>,
): Promise<{ name: string }> {
  const { db, services, sourceAddress, requestId } = ctx;
  await services.signInLimit.take(null, sourceAddress);
  const installation = {
    type: 'installation',
    id: services.installation.id,
    name: services.installation.name,
  } as const;
  const id = randomUUID();
  try {
    const passwordHash = await hashPassword(services.signIn, input.password);
    await changeFleet(
      {
        db,
        actor: { type: 'user', id, name: input.name },
        role: 'admin',
        session: null,
        sourceAddress,
        requestId,
      },
      { kind: 'installation.claim' },
      async ({ tx, now }) => {
        // Two who claim at once stand in line here.
        const [row] = await tx.$queryRaw<
          [{ claimed_at: Date | null; claimed_by: string | null }]
        >`SELECT claimed_at, claimed_by FROM installation FOR UPDATE`;
        if (row.claimed_at !== null) throw alreadyClaimed(row.claimed_at, row.claimed_by ?? '');
        const hash = hashOfSecret(input.token);
        const used = await tx.setupToken.updateMany({
          where: { hash, usedAt: null },
          data: { usedAt: now, usedBy: input.name },
        });
        if (used.count === 0) throw unknownLink();
        await makeUser(tx, { id, name: input.name, role: 'admin', passwordHash });
        await tx.installation.updateMany({ data: { claimedAt: now, claimedBy: input.name } });
        return {
          object: installation,
          host: null,
          summary: 'claimed the installation as its first administrator',
          after: { user: input.name, role: 'admin' },
          wants: [],
          topics: ['installation'],
          show: async () => null,
        };
      },
    );
  } catch (error) {
    const refusal = refusalOf(error, requestId);
    await recordRefusal(
      { ...ctx, actor: NOBODY, session: null },
      'installation.claim',
      installation,
      refusal,
    );
    throw error;
  }
  await services.signInLimit.giveBack(null, sourceAddress);
  await beginSession(ctx, input.name, input.password);
  return { name: input.name };
}

function alreadyClaimed(at: Date, by: string): AppError {
  return new AppError('conflict', `This installation was claimed by ${by} at ${at.toISOString()}.`, {
    field: 'token',
    cause: 'A set-up link works once.',
    fix: `Sign in, or ask ${by} for an invite. Root on this machine can make one: cellblock user invite NAME --role admin`,
    evidence: { claimedAt: at.toISOString(), claimedBy: by },
  });
}

function unknownLink(): AppError {
  return new AppError('denied', 'This set-up link is not one of ours.', {
    field: 'token',
    cause: 'It was cut off when it was copied, or belongs to another installation.',
    fix: 'Run `cellblock up` again on the machine of the dashboard: it prints a new link.',
  });
}

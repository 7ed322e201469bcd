import { randomUUID } from 'node:crypto';
import { AppError } from '@cellblock/shared/app-error';
import { Name } from '@cellblock/shared/name';
import * as z from 'zod';
import type { Identity, RequestContext } from '../api/request-context.ts';
import { hashOfSecret, newSecret } from '../auth/one-time-secret.ts';
import { recordAct } from '../record-act.ts';
import type { VerbContext } from '../verb-context.ts';

const VALID_MS = 15 * 60_000;

export const EnrollInput = z.object({
  name: Name.optional(),
  /** root on this machine, for this machine: nobody else has to approve it */
  local: z.boolean().default(false),
});

/**
 * Makes the line that enrols one host within 15 minutes. Its token is the secret, of which we keep the hash
 * alone, and the hash of the dashboard's key, by which the agent knows whom it talks to.
 */
export async function enrollHost(
  ctx: VerbContext & Pick<RequestContext, 'services'> & { identity: Identity },
  input: z.output<typeof EnrollInput>,
): Promise<{ token: string; line: string; expiresAt: string }> {
  const { services } = ctx;
  if (input.local && ctx.actor.type !== 'root') {
    throw new AppError('denied', 'Only root on the machine of the dashboard enrols that machine itself.', {
      field: 'local',
      fix: 'Leave `local` out; approve the host by its fingerprint when it has come.',
    });
  }
  const token = `${newSecret().secret}.${services.installation.key.hash}`;
  const expiresAt = new Date(Date.now() + VALID_MS);
  await recordAct(ctx, 'host.enroll', async ({ tx, event, by }) => {
    const id = randomUUID();
    const data = {
      id,
      hash: hashOfSecret(token),
      name: input.name ?? null,
      local: input.local,
      createdBy: by,
      expiresAt,
      event,
    };
    await tx.enrollment.create({ data });
    return {
      object: { type: 'host', id, name: input.name ?? '(named by itself)' },
      host: null,
      summary: `made a line that enrols ${input.name ?? 'a host'} until ${expiresAt.toISOString()}`,
      after: { expiresAt: expiresAt.toISOString(), local: input.local },
      result: null,
    };
  });
  const line = `cellblock agent run --dashboard ${services.env.url} --token ${token}`;
  return { token, line, expiresAt: expiresAt.toISOString() };
}

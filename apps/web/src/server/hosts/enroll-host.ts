import { randomUUID } from 'node:crypto';
import { AppError } from '@cellblock/shared/app-error';
import { enrolmentLine, enrolmentOfClone } from '@cellblock/shared/enrolment-line';
import { Name } from '@cellblock/shared/name';
import type { EnrolmentMade } from '@cellblock/shared/views/enrolment-view';
import * as z from 'zod';
import type { Identity, RequestContext } from '../api/request-context.ts';
import { hashOfSecret, newSecret } from '../auth/one-time-secret.ts';
import type { Tx } from '../db.ts';
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
): Promise<EnrolmentMade> {
  const { services } = ctx;
  if (input.local && ctx.actor.type !== 'root') {
    throw new AppError('denied', 'Only root on the machine of the dashboard enrols that machine itself.', {
      field: 'local',
      cause: 'A local host is let in without a fingerprint that anybody compared.',
      fix: 'Leave `local` out; approve the host by its fingerprint when it has come.',
    });
  }
  const archive = input.local ? null : ((await services.archive?.facts()) ?? null);
  const token = `${newSecret().secret}.${services.installation.key.hash}`;
  const expiresAt = new Date(Date.now() + VALID_MS);
  const id = randomUUID();
  await recordAct(ctx, 'host.enroll', async ({ tx, event, by }) => {
    if (input.name !== undefined) await refuseTakenName(tx, input.name);
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
      after: {
        expiresAt: expiresAt.toISOString(),
        local: input.local,
        ...(archive ? { archive: archive.sha256 } : {}),
      },
      result: null,
    };
  });
  const dashboard = services.env.url;
  return {
    id,
    token,
    line: archive
      ? enrolmentLine({ dashboard, sha256: archive.sha256, token })
      : enrolmentOfClone({ dashboard, token }),
    cloneLine: enrolmentOfClone({ dashboard, token }),
    archive,
    expiresAt: expiresAt.toISOString(),
  };
}

async function refuseTakenName(tx: Tx, name: string): Promise<void> {
  const taken = await tx.host.findFirst({ where: { name, state: { not: 'removed' } } });
  if (taken === null) return;
  throw new AppError('conflict', `There is a host ${name} already.`, {
    field: 'name',
    cause: `It came at ${taken.enrolledAt.toISOString()} with the key ${taken.fingerprint}.`,
    fix: `Choose another name; or, when that machine is gone for good: cellblock host rm ${name}`,
  });
}

import { AppError } from '@cellblock/shared/app-error';
import * as z from 'zod';
import { findHost } from '../find-object.ts';
import { recordAct } from '../record-act.ts';
import type { VerbContext } from '../verb-context.ts';

export const ApproveInput = z.object({
  host: z.string().min(1),
  /** what the person compared; when it is given it must be the host's */
  fingerprint: z.string().optional(),
});

/**
 * Lets a host in that waits with its key. On a frozen host it decides that this database is right: the next
 * generation is above the one that the host holds. A locked host goes on with its key: a second user of that
 * key locks it again.
 */
export async function approveHost(
  ctx: VerbContext,
  input: z.output<typeof ApproveInput>,
): Promise<{ host: string }> {
  return await recordAct(ctx, 'host.approve', async ({ tx, now }) => {
    const { id } = await findHost(tx, input.host);
    await tx.$queryRaw`SELECT id::text FROM host WHERE id = ${id}::uuid FOR UPDATE`;
    const host = await tx.host.findUniqueOrThrow({ where: { id } });
    if (input.fingerprint !== undefined && input.fingerprint !== host.fingerprint) {
      throw new AppError('conflict', `The fingerprint of host ${host.name} is another one.`, {
        field: 'fingerprint',
        cause: `It is ${host.fingerprint}.`,
        fix: `Compare it with what the agent printed on ${host.name}. If they differ, somebody else has come with your line: remove the host.`,
      });
    }
    if (host.state === 'ready') {
      throw new AppError('conflict', `Host ${host.name} was approved at ${host.approvedAt?.toISOString()}.`, {
        field: 'host',
        cause: 'A host is approved once.',
        fix: 'Nothing is left to do.',
      });
    }
    await tx.host.update({
      where: { id },
      data: {
        state: 'ready',
        approvedAt: host.approvedAt ?? now,
        ...(host.state === 'frozen' ? { generation: Math.max(host.generation, host.accepted) + 1 } : {}),
      },
    });
    return {
      object: { type: 'host', id, name: host.name },
      host: { id, name: host.name },
      summary: `approved host ${host.name} with fingerprint ${host.fingerprint}`,
      before: { state: host.state },
      after: { state: 'ready', fingerprint: host.fingerprint },
      topics: [`host/${id}`, `spec/${id}`],
      result: { host: id },
    };
  });
}

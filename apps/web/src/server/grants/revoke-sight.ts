import { AppError } from '@cellblock/shared/app-error';
import type { GrantView } from '@cellblock/shared/views/grant-view';
import * as z from 'zod';
import { changeFleet } from '../change-fleet.ts';
import { findJail } from '../find-object.ts';
import { agentOf } from '../hosts/agent-client.ts';
import type { VerbContext } from '../verb-context.ts';
import { endRevoked } from './end-revoked.ts';
import { listGrants } from './list-grants.ts';

export const RevokeSightInput = z.object({ viewer: z.string().min(1), target: z.string().min(1) });

/**
 * Ends a permission before its time. When it comes back as ended the viewer is shown nothing any more; while its host
 * cannot be told it comes back as being revoked, and is ended when the host is there, or by its own time.
 */
export async function revokeSight(
  ctx: VerbContext,
  input: z.output<typeof RevokeSightInput>,
): Promise<GrantView> {
  const viewer = await findJail(ctx.db, input.viewer, 'viewer');
  const target = await findJail(ctx.db, input.target, 'target');
  const change = await changeFleet(ctx, { kind: 'grant.revoke' }, async ({ tx, event, by, now }) => {
    // As a report locks: the host before its jails. Of two that revoke at once, the second sees the first.
    await tx.$queryRaw`SELECT 1 FROM host WHERE id = ${viewer.hostId}::uuid FOR UPDATE`;
    const held = await tx.sightGrant.findFirst({
      where: { viewerId: viewer.id, targetId: target.id, endedAt: null },
    });
    if (held === null) {
      throw new AppError('not-found', `${viewer.name} may not see ${target.name}.`, {
        field: 'target',
        cause: 'No permission that holds leads from the one to the other.',
        fix: 'Those that hold: cellblock grant ls',
      });
    }
    if (held.revokeEvent !== null) {
      throw new AppError('conflict', `That ${viewer.name} sees ${target.name} is revoked already.`, {
        field: 'target',
        cause: `${held.revokeBy} revoked it, and host ${viewer.host.name} has not been there to be told.`,
        fix: `It ends when the host is back, or by itself at ${held.until.toISOString()}. When it has: cellblock grant ls --all`,
      });
    }
    await tx.sightGrant.update({
      where: { id: held.id },
      data: { revokeEvent: event, revokeBy: by, revokeAskedAt: now },
    });
    return {
      object: { type: 'jail' as const, id: viewer.id, name: viewer.name },
      host: { id: viewer.host.id, name: viewer.host.name },
      summary: `ended that ${viewer.name} sees the processes of ${target.name}`,
      before: { target: target.name, until: held.until.toISOString() },
      wants: [],
      topics: [`jail/${viewer.id}`, `jail/${target.id}`],
      outcomeLater: true,
      show: async () => held.id,
    };
  });
  if ('plan' in change) throw new Error('a change without dryRun came back as a plan');
  const id = change.object;
  try {
    await endRevoked(ctx, await agentOf(ctx.db, viewer.hostId), id);
  } catch (error) {
    // It is written down, and whoever the host connects to tells it.
    console.error(`a permission to see was not ended yet: ${(error as Error).message}`);
  }
  const shown = (await listGrants(ctx.db, { ended: true, jail: viewer.id })).find((each) => each.id === id);
  if (!shown) throw new Error('a permission that was just revoked is not there');
  return shown;
}

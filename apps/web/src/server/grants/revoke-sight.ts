import { AppError } from '@cellblock/shared/app-error';
import * as z from 'zod';
import { appendLeaves } from '../audit/append-leaves.ts';
import { changeFleet } from '../change-fleet.ts';
import { findJail } from '../find-object.ts';
import { agentOf } from '../hosts/agent-client.ts';
import type { VerbContext } from '../verb-context.ts';
import { recordGrantOutcome } from './record-grant.ts';

export const RevokeSightInput = z.object({ viewer: z.string().min(1), target: z.string().min(1) });

/** Ends a permission before its time. When it resolves the viewer is shown nothing any more. */
export async function revokeSight(ctx: VerbContext, input: z.output<typeof RevokeSightInput>): Promise<null> {
  const viewer = await findJail(ctx.db, input.viewer, 'viewer');
  const target = await findJail(ctx.db, input.target, 'target');
  const agent = await agentOf(ctx.db, viewer.hostId);
  const grant = {
    id: '',
    viewer: { id: viewer.id, name: viewer.name },
    target: { id: target.id, name: target.name },
    host: { id: viewer.host.id, name: viewer.host.name },
  };
  const change = await changeFleet(ctx, { kind: 'grant.revoke' }, async ({ tx, event }) => {
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
    return {
      object: { type: 'jail' as const, ...grant.viewer },
      host: grant.host,
      summary: `ended that ${viewer.name} sees the processes of ${target.name}`,
      before: { target: target.name, until: held.until.toISOString() },
      wants: [],
      topics: [`jail/${viewer.id}`, `jail/${target.id}`],
      outcomeLater: true,
      show: async () => ({ event, held: held.id }),
    };
  });
  if ('plan' in change) throw new Error('a change without dryRun came back as a plan');
  const { event, held } = change.object;
  const failure = await agent.sights.revoke.mutate({ id: held }).then(
    () => null,
    (error: unknown) => ({ error }),
  );
  await ctx.db.$transaction(async (tx) => {
    if (failure === null)
      await tx.sightGrant.update({ where: { id: held }, data: { endedAt: new Date(), ended: 'revoked' } });
    await recordGrantOutcome(tx, ctx, grant, {
      kind: 'grant.revoke',
      intent: event,
      outcome: failure === null ? 'applied' : 'failed',
      summary:
        failure === null
          ? `${viewer.name} sees the processes of ${target.name} no longer`
          : `whether ${viewer.name} still sees the processes of ${target.name} is not known`,
      after: { target: target.name },
    });
  });
  await appendLeaves(ctx.db);
  if (failure) throw failure.error;
  return null;
}

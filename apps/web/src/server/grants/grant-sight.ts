import { AppError } from '@cellblock/shared/app-error';
import { JailSettings } from '@cellblock/shared/jail-spec';
import { ownMounts, SEEN_JAILS } from '@cellblock/shared/own-mounts';
import { LONGEST_SIGHT_MS } from '@cellblock/shared/sight';
import type { GrantView } from '@cellblock/shared/views/grant-view';
import * as z from 'zod';
import { appendLeaves } from '../audit/append-leaves.ts';
import { changeFleet } from '../change-fleet.ts';
import type { Db } from '../db.ts';
import { findJail } from '../find-object.ts';
import type { AgentClient } from '../host-sync/agent-connections.ts';
import { agentOf } from '../hosts/agent-client.ts';
import type { VerbContext } from '../verb-context.ts';
import { expireGrant } from './expire-grant.ts';
import { listGrants } from './list-grants.ts';
import { type NamedGrant, recordGrantOutcome } from './record-grant.ts';

export const GrantSightInput = z.object({
  viewer: z.string().min(1),
  target: z.string().min(1),
  /** how long it lasts */
  seconds: z
    .int()
    .min(1, 'must last at least a second')
    .max(LONGEST_SIGHT_MS / 1000, 'is longer than 30 days: grant it again then'),
});

/** Lets one jail see the processes of another of its host. It ends by itself, whoever is there to end it. */
export async function grantSight(
  ctx: VerbContext,
  input: z.output<typeof GrantSightInput>,
): Promise<GrantView> {
  const viewer = await findJail(ctx.db, input.viewer, 'viewer');
  const target = await findJail(ctx.db, input.target, 'target');
  if (viewer.id === target.id) {
    throw new AppError('invalid', `${viewer.name} sees its own processes already.`, {
      field: 'target',
      cause: 'A permission leads from one jail to another.',
      fix: 'Name two jails: cellblock grant see VIEWER TARGET --for 1h',
    });
  }
  if (viewer.hostId !== target.hostId) {
    throw new AppError(
      'conflict',
      `${target.name} is on host ${target.host.name}, ${viewer.name} on ${viewer.host.name}.`,
      {
        field: 'target',
        cause: 'The list is written by the agent of the host on which both are.',
        fix: `Choose a jail of host ${viewer.host.name}: cellblock ls`,
      },
    );
  }
  mustHaveAPlace(viewer.name, JailSettings.parse(viewer.settings));
  const agent = await mustBeThere(ctx.db, viewer);
  const grant: NamedGrant = {
    id: '',
    viewer: { id: viewer.id, name: viewer.name },
    target: { id: target.id, name: target.name },
    host: { id: viewer.host.id, name: viewer.host.name },
  };
  const change = await changeFleet(ctx, { kind: 'grant.see' }, async ({ tx, event, by, now }) => {
    // By the database's clock, which also says when it began: this machine's may be another.
    const until = new Date(now.getTime() + input.seconds * 1000);
    // As a report locks: the host before its jails.
    await tx.$queryRaw`SELECT 1 FROM host WHERE id = ${viewer.hostId}::uuid FOR UPDATE`;
    const held = await tx.sightGrant.findFirst({
      where: { viewerId: viewer.id, targetId: target.id, endedAt: null },
    });
    if (held?.revokeBy) throw stillHeld(grant, held.revokeBy);
    if (held && held.until > now) {
      throw new AppError(
        'conflict',
        `${viewer.name} may see ${target.name} until ${held.until.toISOString()}.`,
        {
          field: 'target',
          cause: `${held.by} granted it; one permission at a time leads from one jail to another.`,
          fix: `End it first: cellblock grant revoke ${viewer.name} ${target.name}`,
        },
      );
    }
    // One that is over and not yet recorded as over makes room.
    if (held) await expireGrant(tx, ctx.db, held, grant);
    await tx.sightGrant.create({
      data: {
        id: event,
        hostId: viewer.hostId,
        viewerId: viewer.id,
        targetId: target.id,
        by,
        grantedAt: now,
        until,
      },
    });
    return {
      object: { type: 'jail' as const, ...grant.viewer },
      host: grant.host,
      summary: `let ${viewer.name} see the processes of ${target.name}`,
      after: { target: target.name, until: until.toISOString() },
      wants: [],
      topics: [`jail/${viewer.id}`, `jail/${target.id}`],
      outcomeLater: true,
      show: async () => ({ event, until }),
    };
  });
  if ('plan' in change) throw new Error('a change without dryRun came back as a plan');
  const { event: id, until } = change.object;
  try {
    await agent.sights.grant.mutate({
      id,
      viewer: viewer.id,
      target: target.id,
      until: until.toISOString(),
    });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // It may hold there, and only its answer was lost: that nothing is seen is known when the host has ended it.
    const isOver = await agent.sights.revoke.mutate({ id }).then(
      () => true,
      () => false,
    );
    await ctx.db.$transaction(async (tx) => {
      // One that was revoked meanwhile ends as that, with the outcome that its revocation waits for.
      if (isOver)
        await tx.sightGrant.updateMany({
          where: { id, endedAt: null, revokeEvent: null },
          data: { endedAt: new Date(), ended: 'failed' },
        });
      await recordGrantOutcome(tx, ctx, grant, {
        kind: 'grant.see',
        intent: id,
        outcome: isOver ? 'failed' : 'unknown',
        summary: isOver
          ? `${viewer.name} was not shown the processes of ${target.name}`
          : `whether ${viewer.name} sees the processes of ${target.name} is not known`,
        after: { message },
      });
    });
    await appendLeaves(ctx.db);
    throw error;
  }
  await ctx.db.$transaction((tx) =>
    recordGrantOutcome(tx, ctx, grant, {
      kind: 'grant.see',
      intent: id,
      outcome: 'applied',
      summary: `${viewer.name} sees the processes of ${target.name} until ${until.toISOString()}`,
      after: { target: target.name, until: until.toISOString() },
    }),
  );
  await appendLeaves(ctx.db);
  const made = (await listGrants(ctx.db, { ended: true })).find((each) => each.id === id);
  if (!made) throw new Error('a grant that was just recorded is not there');
  return made;
}

/** What is revoked holds until its host has said that it does not, whatever the clocks say. */
function stillHeld({ viewer, target, host }: NamedGrant, by: string): AppError {
  return new AppError('conflict', `${viewer.name} may still see ${target.name}.`, {
    field: 'target',
    cause: `${by} revoked it, and host ${host.name} has not said yet that it ended it.`,
    fix: 'Grant it again when it has ended: cellblock grant ls --all',
  });
}

/** It begins when it is granted, or not at all: decision 26. */
async function mustBeThere(
  db: Db,
  viewer: { name: string; hostId: string; host: { name: string } },
): Promise<AgentClient> {
  try {
    return await agentOf(db, viewer.hostId);
  } catch (error) {
    if (!(error instanceof AppError) || error.refusal.code !== 'unreachable') throw error;
    throw new AppError(
      'unreachable',
      `${viewer.name} cannot be let see anything now: its host ${viewer.host.name} is silent.`,
      {
        field: 'viewer',
        cause: `A permission ends by the clock of its host, so that it begins when it is granted and does not wait. ${error.message}`,
        fix: `Grant it when the host is back: cellblock host show ${viewer.host.name}`,
      },
    );
  }
}

/** Without it the list would be written for nobody. */
function mustHaveAPlace(viewer: string, settings: JailSettings): void {
  if (ownMounts(settings).some(({ kind }) => kind === 'seen')) return;
  throw new AppError('conflict', `${viewer} has no place to see the processes of another jail.`, {
    field: 'viewer',
    cause:
      settings.root.kind === 'view'
        ? `Its root is made of its view alone, and a view cannot have the list at ${SEEN_JAILS}.`
        : `A mount of its view takes the place of the list: ${SEEN_JAILS}.`,
    fix: 'Choose another viewer, or give it a root of another kind and a view that leaves this place free.',
  });
}

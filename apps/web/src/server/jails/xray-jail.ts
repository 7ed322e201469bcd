import { actorName } from '@cellblock/shared/actor';
import type { XrayView } from '@cellblock/shared/views/xray-view';
import { XrayReport } from '@cellblock/shared/xray';
import { appendLeaves } from '../audit/append-leaves.ts';
import { newEventId } from '../audit/event-id.ts';
import { recordEvent } from '../audit/record-event.ts';
import { changeFleet } from '../change-fleet.ts';
import { type FoundJail, findJail } from '../find-object.ts';
import { notifyChanges } from '../fleet-topics.ts';
import type { AgentClient } from '../host-sync/agent-connections.ts';
import { agentOf } from '../hosts/agent-client.ts';
import type { VerbContext } from '../verb-context.ts';
import { MOST_RUNS, mustBeKept, showXray } from './xray-runs.ts';

/** Has the jail's host walk a throw-away twin of it, keeps what was found, and answers with the difference. */
export async function xrayJail(
  ctx: VerbContext,
  input: { jail: string; against?: number | undefined },
): Promise<XrayView> {
  const jail = await findJail(ctx.db, input.jail);
  const agent = await agentOf(ctx.db, jail.hostId);
  if (input.against !== undefined) await mustBeKept(ctx.db, jail, input.against);
  const cause = await recordIntent(ctx, jail);
  const run = await walk(ctx, jail, agent, { cause, against: input.against });
  return await showXray(ctx.db, { jail: jail.id, run, against: input.against });
}

/** Answers the number under which it is kept. */
async function walk(
  ctx: VerbContext,
  jail: FoundJail,
  agent: AgentClient,
  { cause, against }: { cause: string; against: number | undefined },
): Promise<number> {
  try {
    const report = XrayReport.parse(await agent.xray.run.mutate({ jail: jail.id }));
    return await keep(ctx, jail, { id: cause, report, against });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    await recordEnd(ctx, jail, { cause, outcome: 'failed', after: { message } });
    throw error;
  } finally {
    await appendLeaves(ctx.db);
  }
}

async function recordIntent(ctx: VerbContext, jail: FoundJail): Promise<string> {
  const change = await changeFleet(ctx, { kind: 'jail.xray' }, async ({ event }) => ({
    object: { type: 'jail' as const, id: jail.id, name: jail.name },
    host: { id: jail.host.id, name: jail.host.name },
    summary: `had a twin of ${jail.name} walked`,
    wants: [],
    topics: [],
    outcomeLater: true,
    show: async () => event,
  }));
  if ('plan' in change) throw new Error('a change without dryRun came back as a plan');
  return change.object;
}

/** The walk's number, one above the newest of its jail: who keeps one of the same jail meanwhile waits. */
async function keep(
  ctx: VerbContext,
  jail: FoundJail,
  { id, report, against = 0 }: { id: string; report: XrayReport; against: number | undefined },
): Promise<number> {
  return ctx.db.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM jail WHERE id = ${jail.id}::uuid FOR UPDATE`;
    const newest = await tx.xrayRun.aggregate({ where: { jailId: jail.id }, _max: { number: true } });
    const number = (newest._max.number ?? 0) + 1;
    await tx.xrayRun.create({
      data: { ...report, id, jailId: jail.id, number, by: actorName(ctx.actor), at: new Date(report.at) },
    });
    await tx.xrayRun.deleteMany({
      // What it is about to be compared with goes with the next.
      where: { jailId: jail.id, number: { lte: number - MOST_RUNS, not: against } },
    });
    await recordOutcome(tx, ctx, jail, {
      cause: id,
      outcome: 'applied',
      after: { run: number, findings: report.findings.length },
    });
    await notifyChanges(tx, ['audit', `jail/${jail.id}`]);
    return number;
  });
}

interface End {
  cause: string;
  outcome: 'applied' | 'failed';
  after: Record<string, unknown>;
}

async function recordEnd(ctx: VerbContext, jail: FoundJail, end: End): Promise<void> {
  await ctx.db.$transaction(async (tx) => {
    await recordOutcome(tx, ctx, jail, end);
    await notifyChanges(tx, ['audit']);
  });
}

async function recordOutcome(
  tx: Parameters<typeof recordEvent>[0],
  ctx: VerbContext,
  jail: FoundJail,
  { cause, outcome, after }: End,
): Promise<void> {
  await recordEvent(tx, ctx, {
    id: newEventId(),
    kind: 'jail.xray',
    phase: 'outcome',
    outcome,
    intent: cause,
    object: { type: 'jail', id: jail.id, name: jail.name },
    host: { id: jail.host.id, name: jail.host.name },
    summary:
      outcome === 'applied'
        ? `a twin of ${jail.name} was walked: ${after.findings} findings, run ${after.run}`
        : `the twin of ${jail.name} was not walked to the end`,
    after,
  });
}

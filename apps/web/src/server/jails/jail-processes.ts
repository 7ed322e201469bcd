import { JailProcesses, JailSignal } from '@cellblock/shared/jail-process';
import * as z from 'zod';
import { appendLeaves } from '../audit/append-leaves.ts';
import { newEventId } from '../audit/event-id.ts';
import { recordEvent } from '../audit/record-event.ts';
import { changeFleet } from '../change-fleet.ts';
import { findJail } from '../find-object.ts';
import { notifyChanges } from '../fleet-topics.ts';
import { agentOf } from '../hosts/agent-client.ts';
import type { VerbContext } from '../verb-context.ts';

export const SignalInput = z.object({
  jail: z.string().min(1),
  /** on the host, as listed */
  pid: z.int().min(1),
  startTime: z.int().min(0),
  signal: JailSignal,
});

/** What runs in a jail, as its host sees it right now. */
export async function jailProcesses(ctx: VerbContext, input: { jail: string }): Promise<JailProcesses> {
  const jail = await findJail(ctx.db, input.jail);
  const agent = await agentOf(ctx.db, jail.hostId);
  return JailProcesses.parse(await agent.jail.processes.query({ jail: jail.id }));
}

/** Sends a signal to one process of a jail. Recorded before it is sent, with its outcome after. */
export async function signalProcess(ctx: VerbContext, input: z.output<typeof SignalInput>): Promise<void> {
  const found = await findJail(ctx.db, input.jail);
  const agent = await agentOf(ctx.db, found.hostId);
  const jail = { type: 'jail' as const, id: found.id, name: found.name };
  const host = { id: found.host.id, name: found.host.name };
  const { pid, startTime, signal } = input;
  const change = await changeFleet(ctx, { kind: 'jail.signal' }, async ({ event }) => ({
    object: jail,
    host,
    summary: `sent ${signal} to process ${pid} of ${jail.name}`,
    after: { pid, startTime, signal },
    wants: [],
    topics: [],
    outcomeLater: true,
    show: async () => event,
  }));
  if ('plan' in change) throw new Error('a change without dryRun came back as a plan');
  const ended = async (outcome: 'applied' | 'failed', summary: string) => {
    await ctx.db.$transaction(async (tx) => {
      const about = { kind: 'jail.signal' as const, object: jail, host, intent: change.object };
      await recordEvent(tx, ctx, { ...about, id: newEventId(), phase: 'outcome', outcome, summary });
      await notifyChanges(tx, ['audit']);
    });
    await appendLeaves(ctx.db);
  };
  try {
    await agent.jail.signal.mutate({ jail: jail.id, pid, startTime, signal });
  } catch (error) {
    await ended(
      'failed',
      `${signal} was not sent: ${error instanceof Error ? error.message : String(error)}`,
    );
    throw error;
  }
  await ended('applied', `process ${pid} of ${jail.name} was sent ${signal}`);
}
